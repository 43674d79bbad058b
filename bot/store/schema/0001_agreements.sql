-- The first step of the schema. Instants are UTC text of fixed width; dates and wall times are local.

CREATE TABLE compat (step INTEGER NOT NULL) STRICT;
INSERT INTO compat (step) VALUES (1);

-- The records of bot/core/records/kinds.py: one table each, one column per field. What belongs to a case goes with it.
-- References are checked at COMMIT, so records may be kept in any order.

CREATE TABLE cases (
    ref TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    room_id TEXT UNIQUE,
    state TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    moved_at TEXT NOT NULL,
    next_meeting TEXT,
    next_meeting_time TEXT,
    phase INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    theme TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE participants (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    user_id TEXT NOT NULL,
    function TEXT NOT NULL,
    label TEXT NOT NULL,
    since TEXT NOT NULL,
    added_by TEXT NOT NULL,
    left_at TEXT,
    unreached TEXT,
    PRIMARY KEY (case_ref, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_seated ON participants (user_id) WHERE left_at IS NULL;

CREATE TABLE meetings (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    started_by TEXT NOT NULL,
    ended_at TEXT,
    present TEXT,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE agenda_items (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    added_by TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    meeting INTEGER,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE closings (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    closed_at TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    decision INTEGER NOT NULL,
    receiver TEXT,
    answers TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE actions (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    holder TEXT NOT NULL,
    state TEXT NOT NULL,
    due_date TEXT NOT NULL,
    due_time TEXT,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    holder_user TEXT,
    deputy TEXT,
    meeting INTEGER,
    look_back TEXT,
    reason TEXT,
    note TEXT,
    kind TEXT,
    life_domain TEXT,
    outcome TEXT,
    postponed INTEGER NOT NULL,
    nudge_step INTEGER,
    nudge_at TEXT,
    seen_asked TEXT,
    status_asked TEXT,
    protocol TEXT,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_due ON actions (nudge_at) WHERE nudge_at IS NOT NULL;

CREATE TABLE out_of_sight (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    state TEXT NOT NULL,
    day_zero TEXT NOT NULL,
    started_at TEXT NOT NULL,
    started_by TEXT NOT NULL,
    decision INTEGER NOT NULL,
    review INTEGER NOT NULL,
    changes TEXT NOT NULL,
    steps TEXT NOT NULL,
    ended_at TEXT,
    closing INTEGER,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

-- A signal may be without a case. Its number is never given again, hence AUTOINCREMENT.

CREATE TABLE signals (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_ref TEXT REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    noted_at TEXT NOT NULL,
    noted_by TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    kind TEXT,
    seen_on TEXT,
    review TEXT,
    nudge_step INTEGER,
    nudge_at TEXT
) STRICT;
CREATE INDEX signals_of_case ON signals (case_ref);
CREATE INDEX signals_due ON signals (nudge_at) WHERE nudge_at IS NOT NULL;

CREATE TABLE signal_facts (
    signal INTEGER NOT NULL REFERENCES signals (number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    case_ref TEXT REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    reason TEXT,
    tester TEXT,
    day TEXT,
    criteria TEXT NOT NULL,
    PRIMARY KEY (signal, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX signal_facts_of_case ON signal_facts (case_ref);

CREATE TABLE signals_shown (
    signal INTEGER NOT NULL REFERENCES signals (number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    event_id TEXT NOT NULL,
    PRIMARY KEY (signal, event_id)
) STRICT, WITHOUT ROWID;
-- At the receiver a handover has no case until it is accepted, and only until then a text of the other region.

CREATE TABLE handovers (
    id TEXT NOT NULL PRIMARY KEY,
    side TEXT NOT NULL,
    region TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    case_ref TEXT REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    room_id TEXT UNIQUE,
    reason TEXT,
    peer_ref TEXT,
    handed TEXT NOT NULL,
    actions TEXT NOT NULL,
    decisions TEXT NOT NULL,
    contacts TEXT NOT NULL,
    call TEXT,
    refusal TEXT,
    sent INTEGER NOT NULL,
    heard INTEGER NOT NULL,
    follow INTEGER,
    call_action INTEGER,
    overdue_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_cases ON handovers (case_ref) WHERE case_ref IS NOT NULL;
CREATE INDEX handovers_overdue ON handovers (overdue_at) WHERE overdue_at IS NOT NULL;

CREATE TABLE inquiries (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    partner TEXT NOT NULL,
    asker TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    purpose TEXT,
    basis TEXT,
    basis_text TEXT,
    minimal INTEGER NOT NULL,
    informed INTEGER,
    uninformed TEXT,
    own_system TEXT,
    action INTEGER,
    meeting INTEGER,
    asked_at TEXT,
    answer TEXT,
    answered_at TEXT,
    answered_by TEXT,
    on_behalf INTEGER NOT NULL,
    shared_on TEXT,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE questions (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    command TEXT NOT NULL,
    asks TEXT NOT NULL,
    draft TEXT NOT NULL,
    language TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_in TEXT NOT NULL,
    begun_in TEXT NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

-- Which message made or showed what, for edits and removals; what a running meeting can take back.

CREATE TABLE sources (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    event_id TEXT NOT NULL,
    thing TEXT NOT NULL,
    said_by TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (case_ref, event_id, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_events ON sources (event_id);

CREATE TABLE steps (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    event_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (case_ref, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE polls (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    text TEXT,
    options TEXT NOT NULL,
    closed_at TEXT,
    about TEXT,
    asked_of TEXT,
    means TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX polls_open ON polls (asked_of) WHERE closed_at IS NULL;

CREATE TABLE ballots (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    poll INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    choice INTEGER NOT NULL,
    PRIMARY KEY (case_ref, poll, user_id),
    FOREIGN KEY (case_ref, poll) REFERENCES polls (case_ref, number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- How long a case is kept; and that it was destroyed, which outlives it.

CREATE TABLE retentions (
    case_ref TEXT NOT NULL PRIMARY KEY REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    state TEXT NOT NULL,
    until TEXT,
    extended INTEGER NOT NULL,
    warned_on TEXT,
    asked_at TEXT,
    asked_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE destructions (
    number INTEGER NOT NULL PRIMARY KEY,
    case_ref TEXT,
    destroyed_at TEXT NOT NULL,
    counts TEXT NOT NULL,
    taken_back INTEGER,
    refused INTEGER,
    certificate TEXT
) STRICT;
-- The rights of whom a case is about: purpose and ground with their dates, what was put beside a text, restriction.

CREATE TABLE case_bases (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    ground TEXT,
    since TEXT NOT NULL,
    stated_by TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE remarks (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    thing TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE restrictions (
    case_ref TEXT NOT NULL REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    set_by TEXT NOT NULL,
    until TEXT,
    lifted_by TEXT,
    lifted_because TEXT,
    PRIMARY KEY (case_ref, number)
) STRICT, WITHOUT ROWID;

-- While one runs, reminders are paused.

CREATE TABLE incidents (
    number INTEGER NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    started_by TEXT NOT NULL,
    remind_at TEXT,
    ended_at TEXT,
    ended_by TEXT
) STRICT;
CREATE INDEX incidents_running ON incidents (number) WHERE ended_at IS NULL;
CREATE INDEX incidents_due ON incidents (remind_at) WHERE remind_at IS NOT NULL;

CREATE TABLE persons (
    user_id TEXT NOT NULL PRIMARY KEY,
    direct_room TEXT UNIQUE,
    nudged_on TEXT,
    mentioned_on TEXT,
    free_days TEXT NOT NULL DEFAULT '[]',
    opens TEXT,
    closes TEXT,
    away_from TEXT,
    away_until TEXT,
    deputy TEXT,
    keyless INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE digest_plans (
    user_id TEXT NOT NULL PRIMARY KEY,
    due_at TEXT NOT NULL,
    last_week TEXT,
    weekday INTEGER,
    at TEXT,
    off INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_plans_due ON digest_plans (due_at);

CREATE TABLE explanations (
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    said_at TEXT NOT NULL,
    rule TEXT NOT NULL,
    case_ref TEXT REFERENCES cases (ref) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    about TEXT,
    day TEXT,
    receiver TEXT,
    step INTEGER,
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX explanations_of_person ON explanations (user_id, said_at);
CREATE INDEX explanations_of_case ON explanations (case_ref, about) WHERE case_ref IS NOT NULL;

-- The way in: events as received, still encrypted, until they are handled; then only their id, for thirty days.

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL,
    event TEXT NOT NULL,
    received_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    retry_at TEXT,
    begun INTEGER NOT NULL DEFAULT 0,  -- attempts that may have ended the process
    aside_at TEXT                      -- when it was given up; kept a week for whoever looks into it
) STRICT;

CREATE TABLE seen (
    event_id TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The way out. What no longer waits has no content: the room has the message, the bot keeps its id.

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    txn_id TEXT NOT NULL UNIQUE,
    caused_by TEXT NOT NULL,
    kind TEXT NOT NULL,
    address_kind TEXT NOT NULL CHECK (address_kind IN ('room', 'case', 'person', 'handover')),
    address TEXT NOT NULL,
    content TEXT,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    queued_at TEXT NOT NULL,
    first_tried_at TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    retry_at TEXT,
    room_id TEXT,
    event_id TEXT,
    sent_at TEXT,
    wiped INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'waiting') = (content IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE state = 'waiting';
CREATE INDEX outbox_events ON outbox (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX outbox_causes ON outbox (caused_by);

-- The account and the rooms, as the homeserver last showed them.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE room_state (
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    sender TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (room_id, type, state_key)
) STRICT, WITHOUT ROWID;

-- Trust in others: the identity we hold somebody to, which emoji were shown to coordinators, and which message used which place of a Megolm session.

CREATE TABLE pins (
    user_id TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    pinned_at TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_to TEXT,
    vouched_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
    code TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_key TEXT NOT NULL,
    master_key TEXT NOT NULL,
    shown_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    shown_to TEXT NOT NULL,
    given_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE message_index (
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    message_index INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (room_id, session_id, message_index)
) STRICT, WITHOUT ROWID;

-- Who did what for whom to which thing (NEN 7513). Lines are added at the end and nowhere else, REPLACE included.

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    on_behalf_of TEXT,
    event TEXT NOT NULL,
    case_ref TEXT,
    thing TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN
    SELECT raise(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log only grows');
END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit log only grows');
END;
