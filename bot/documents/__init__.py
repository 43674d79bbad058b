"""What a case can be drawn as: the list of agreements, a calendar, a timeline, the answer to a request for access, the weeks of a region. Pure; nothing is kept or sent here."""
