"""What a case can be drawn as: the list of agreements, a calendar, a timeline. Pure; nothing is kept or sent here."""
