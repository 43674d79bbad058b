"""What is said about a handover at the receiving side, in both languages."""

from __future__ import annotations

from bot.core.records.handovers import HandoverStep
from bot.core.text import Text

WHAT = Text(
    "Wat wil je doen? !overdracht ontvangen, accepteer, weiger <reden>, gesprek <datum>, gesprek gevoerd of afgerond.",
    "What do you want to do? !handover received, accept, refuse <reason>, call <date>, call held or completed.",
)
NONE_HERE = Text("Er loopt hier geen overdracht.", "There is no handover here.")
THEIR_TURN = Text(
    "Dat is aan regio {region}. Zodra zij iets doen, hoor je het hier. Nu: {state}.",
    "That is up to region {region}. As soon as they do something, you hear it here. Now: {state}.",
)
WHICH = Text(
    "Welke overdracht? Zet de referentie erbij: {refs}.", "Which handover? Add the reference: {refs}."
)
NOT_NOW = Text(
    "Dat kan nu niet: de overdracht van {ref} is {state}.", "Not now: the handover of {ref} is {state}."
)
WHY_NOT = Text(
    "Waarom niet? Zet de reden erbij: !overdracht weiger {ref} <reden>.",
    "Why not? Add the reason: !handover refuse {ref} <reason>.",
)
WHICH_CALL = Text("Wanneer is het gesprek?", "When is the call?")
UNDER_WHICH = Text(
    "Onder welke referentie komt {peer_ref} in jullie eigen systeem? Bijv. Z-2026-101.",
    "Under which reference will {peer_ref} be in your own system? For example Z-2026-101.",
)
DONE: dict[HandoverStep, Text] = {
    HandoverStep.RECEIVE: Text(
        "Doorgegeven aan regio {region}: ontvangen. Zij blijven verantwoordelijk tot jullie accepteren. Typ dan: "
        "overdracht accepteer {peer_ref} als <eigen referentie>, of: overdracht weiger {peer_ref} <reden>.",
        "Told region {region}: received. They stay responsible until you accept. Then type: handover accept {peer_ref} "
        "as <own reference>, or: handover refuse {peer_ref} <reason>.",
    ),
    HandoverStep.PLAN: Text(
        "Doorgegeven aan regio {region}: het overdrachtsgesprek is {day}.",
        "Told region {region}: the handover call is {day}.",
    ),
    HandoverStep.ACCEPT: Text(
        "Doorgegeven aan regio {region}: geaccepteerd. Jullie zijn nu verantwoordelijk voor {ref}.",
        "Told region {region}: accepted. You are responsible for {ref} now.",
    ),
    HandoverStep.REFUSE: Text(
        "Doorgegeven aan regio {region}: geweigerd. Zij blijven verantwoordelijk. Wat zij stuurden, is hier gewist.",
        "Told region {region}: refused. They stay responsible. What they sent is deleted here.",
    ),
    HandoverStep.TALK: Text(
        "Doorgegeven aan regio {region}: het gesprek is gevoerd. Is alles over? Typ: overdracht afgerond.",
        "Told region {region}: the call was held. Is all of it over? Type: handover completed.",
    ),
    HandoverStep.COMPLETE: Text(
        "Doorgegeven aan regio {region}: de overdracht is afgerond.",
        "Told region {region}: the handover is completed.",
    ),
}
NEW_ROOM = Text(
    "Ik maak de ruimte {ref} en nodig je uit. Zet daar eerst een voorzitter in: !deelnemer @naam:server voorzitter.",
    "I make the room {ref} and invite you. Add a chair there first: !participant @name:server chair.",
)
TAKEN_OVER = Text(
    "Overgenomen van regio {region}, daar {peer_ref}. Reden: {reason}.",
    "Taken over from region {region}, there {peer_ref}. Reason: {reason}.",
)
FROM_THEM = Text(
    "{reason} (besluit van regio {region}, {peer_ref})", "{reason} (decided by region {region}, {peer_ref})"
)
PROPOSED_HERE = Text(
    "Voorgesteld, nog niet afgesproken: {ids}. De voorzitter neemt ze over met !akkoord A1.",
    "Proposed, not yet agreed: {ids}. The chair takes them with !agree A1.",
)
LETTER: dict[HandoverStep, Text] = {
    HandoverStep.RECEIVE: Text("{peer_ref}: ontvangen door {own}.", "{peer_ref}: received by {own}."),
    HandoverStep.PLAN: Text("{peer_ref}: overdrachtsgesprek {day}.", "{peer_ref}: handover call {day}."),
    HandoverStep.ACCEPT: Text(
        "{peer_ref}: geaccepteerd door {own}, hier {ref}. Wij zijn nu verantwoordelijk.",
        "{peer_ref}: accepted by {own}, here {ref}. We are responsible now.",
    ),
    HandoverStep.REFUSE: Text(
        "{peer_ref}: niet overgenomen door {own}. Reden: {reason}.",
        "{peer_ref}: not taken over by {own}. Reason: {reason}.",
    ),
    HandoverStep.TALK: Text("{peer_ref}: overdrachtsgesprek gevoerd.", "{peer_ref}: handover call held."),
    HandoverStep.COMPLETE: Text("{peer_ref}: overdracht afgerond.", "{peer_ref}: handover completed."),
}
THANKS: dict[HandoverStep, Text] = {
    HandoverStep.RECEIVE: Text(
        "Dank je. {own} weet dat het is ontvangen en blijft verantwoordelijk tot je accepteert.",
        "Thank you. {own} knows that it was received and stays responsible until you accept.",
    ),
    HandoverStep.PLAN: Text(
        "Dank je. Het gesprek staat bij {own} op {day}.", "Thank you. {own} has the call on {day}."
    ),
    HandoverStep.ACCEPT: Text(
        "Dank je. {own} weet dat jullie nu verantwoordelijk zijn.",
        "Thank you. {own} knows that you are responsible now.",
    ),
    HandoverStep.REFUSE: Text(
        "Dank je. {own} blijft verantwoordelijk en kent je reden.",
        "Thank you. {own} stays responsible and knows your reason.",
    ),
    HandoverStep.TALK: Text(
        "Dank je. {own} weet dat het gesprek is gevoerd.", "Thank you. {own} knows that the call was held."
    ),
    HandoverStep.COMPLETE: Text(
        "Dank je. De overdracht is afgerond.", "Thank you. The handover is completed."
    ),
}
STANDS = Text("{ref} → regio {region}: {state}{there}.", "{ref} → region {region}: {state}{there}.")
STANDS_HERE = Text(
    "{peer_ref} van regio {region}: {state}{here}.", "{peer_ref} from region {region}: {state}{here}."
)
HERE = Text(", hier {ref}", ", here {ref}")
THERE = Text(", daar {ref}", ", there {ref}")
OURS = Text("Wij blijven verantwoordelijk.", "We stay responsible.")
THEIRS = Text("Zij blijven verantwoordelijk.", "They stay responsible.")
CALL_ON = Text("Overdrachtsgesprek: {day}.", "Handover call: {day}.")
