"""The region: its weekly digest, figures, and an incident."""
