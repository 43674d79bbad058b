"""The encrypted file: numbered schema steps, one writer, whole transactions or none."""
