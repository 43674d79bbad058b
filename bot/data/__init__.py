"""What lies in the data folder: the device, copies, the ledger, the state of health, the socket."""
