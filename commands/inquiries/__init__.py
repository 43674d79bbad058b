"""An inquiry: one question to one partner, with its purpose and ground."""
