// One Matrix client as Element Web has it: matrix-js-sdk with its Rust crypto, kept in memory.
//
// stdin   {"id": 1, "command": "send", "arguments": {...}}, one a line. When it closes, the client ends.
// stdout  {"id": 1, "result": ...} or {"id": 1, "error": "..."}, and unasked {"event": "message", ...}.
// stderr  whatever the SDK has to say.

import { Console } from "node:console";
import { createInterface } from "node:readline";

// The SDK takes hold of the console when it is loaded; stdout is for answers alone.
globalThis.console = new Console(process.stderr, process.stderr);
const sdk = await import("matrix-js-sdk");
const { Attachment, EncryptedAttachment } = await import("@matrix-org/matrix-sdk-crypto-wasm");
const api = await import("matrix-js-sdk/lib/crypto-api/index.js");
const { PollStartEvent } = await import("matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js");
const { PollResponseEvent } = await import("matrix-js-sdk/lib/extensible_events_v1/PollResponseEvent.js");

const quiet = () => {};
const logger = { trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
logger.getChild = () => logger;

const write = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const push = (event, fields) => write({ event, ...fields });

let client;
let crypto;
let password;
let secretStorageKey;
const verifications = new Map();

// -- what this client sees ---------------------------------------------------------------------------------

async function tell(event) {
    if (event.isState() || event.getUnsigned().transaction_id || event.status !== null) return;
    const content = event.getOriginalContent();
    const shield = await crypto.getEncryptionInfoForEvent(event);
    push("message", {
        room_id: event.getRoomId(),
        event_id: event.getId(),
        sender: event.getSender(),
        type: event.getType(),
        content,
        relation: event.getWireContent()["m.relates_to"] ?? content["m.relates_to"] ?? null,
        encrypted: event.isEncrypted(),
        shield: shield && api.EventShieldColour[shield.shieldColour],
        shield_reason: shield && shield.shieldReason !== null ? api.EventShieldReason[shield.shieldReason] : null,
        failure: event.decryptionFailureReason,
        rings: client.getPushActionsForEvent(event)?.notify ?? false,
        redacts: event.isRedaction() ? event.getAssociatedId() : null,
    });
}

function watch() {
    // An encrypted event is told when it was tried, and again when its key came later.
    client.on(sdk.MatrixEventEvent.Decrypted, tell);
    client.on(sdk.RoomEvent.Timeline, (event) => event.isEncrypted() || tell(event));
    client.on(sdk.RoomStateEvent.Members, (event, state, member) =>
        push("member", { room_id: member.roomId, user_id: member.userId, membership: member.membership }),
    );
    client.on(api.CryptoEvent.UserTrustStatusChanged, (userId, status) =>
        push("user", { user_id: userId, status: userStatus(status) }),
    );
    client.on(api.CryptoEvent.VerificationRequestReceived, follow);
}

const userStatus = (status) => ({
    verified: status.isCrossSigningVerified(),
    was_verified: status.wasCrossSigningVerified(),
    needs_user_approval: status.needsUserApproval,
});

function follow(request) {
    // The SDK itself holds requests weakly.
    verifications.set(request.transactionId, request);
    const told = () => tellVerification(request);
    let verifier;
    request.on(api.VerificationRequestEvent.Change, () => {
        if (!verifier && (verifier = request.verifier)) {
            verifier.on(api.VerifierEvent.ShowSas, told);
            verifier.verify().then(told, told);
        }
        told();
    });
    told();
    return request.transactionId;
}

function tellVerification(request) {
    push("verification", {
        verification_id: request.transactionId,
        user_id: request.otherUserId,
        room_id: request.roomId ?? null,
        phase: api.VerificationPhase[request.phase].toLowerCase(),
        emoji: request.verifier?.getShowSasCallbacks()?.sas.emoji?.map(([emoji]) => emoji) ?? null,
        cancellation: request.cancellationCode,
    });
}

// Resolves when `seen` is so, which is tried whenever a sync or a device list came in.
function until(seen) {
    const news = [sdk.ClientEvent.Sync, api.CryptoEvent.DevicesUpdated];
    return new Promise((resolve, reject) => {
        const look = async () => {
            if (!(await seen())) return;
            for (const event of news) client.off(event, tryLook);
            resolve();
        };
        const tryLook = () => look().catch(reject);
        for (const event of news) client.on(event, tryLook);
        tryLook();
    });
}

// -- what it is told to do ---------------------------------------------------------------------------------

async function withPassword(request) {
    try {
        return await request(null);
    } catch (refusal) {
        if (refusal.httpStatus !== 401 || !refusal.data?.flows) throw refusal;
        const identifier = { type: "m.id.user", user: client.getUserId() };
        return request({ type: "m.login.password", identifier, password, session: refusal.data.session });
    }
}

async function sendEvent(roomId, type, content) {
    return (await client.sendEvent(roomId, type, content)).event_id;
}

async function knowDevices(user) {
    await crypto.getUserDeviceInfo([user], true);
}

const commands = {
    async login({ url, user, password: secret }) {
        password = secret;
        const login = await sdk.createClient({ baseUrl: url }).loginRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password,
        });
        client = sdk.createClient({
            baseUrl: url,
            userId: login.user_id,
            deviceId: login.device_id,
            accessToken: login.access_token,
            logger,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], secretStorageKey],
                cacheSecretStorageKey: (id, info, key) => (secretStorageKey = key),
            },
        });
        await client.initRustCrypto({ useIndexedDB: false });
        crypto = client.getCrypto();
        watch();
        return { user_id: login.user_id, device_id: login.device_id };
    },

    async start() {
        await client.startClient({ initialSyncLimit: 20 });
        await until(() => client.isInitialSyncComplete());
    },

    async bootstrap() {
        const key = await crypto.createRecoveryKeyFromPassphrase();
        await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: withPassword });
        await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => key });
        return key.encodedPrivateKey;
    },

    async recover({ recovery_key }) {
        secretStorageKey = api.decodeRecoveryKey(recovery_key);
        // Without the public keys at hand the import of the private ones fails.
        await crypto.userHasCrossSigningKeys(client.getUserId(), true);
        await crypto.bootstrapCrossSigning({});
        const [user, device] = [client.getUserId(), client.getDeviceId()];
        await until(async () => (await crypto.getDeviceVerificationStatus(user, device)).signedByOwner);
    },

    async reset_identity() {
        await crypto.bootstrapCrossSigning({
            setupNewCrossSigning: true,
            authUploadDeviceSigningKeys: withPassword,
        });
    },

    isolation({ mode }) {
        const modes = {
            // As Element Web does by default: a person whom the user verified may have no unsigned device.
            all: () => new api.AllDevicesIsolationMode(true),
            signed: () => new api.OnlySignedDevicesIsolationMode(),
        };
        crypto.setDeviceIsolationMode(modes[mode]());
    },

    async create_room({ invite, name }) {
        const encryption = { algorithm: "m.megolm.v1.aes-sha2" };
        const { room_id } = await client.createRoom({
            preset: "private_chat",
            name,
            invite,
            initial_state: [{ type: "m.room.encryption", state_key: "", content: encryption }],
        });
        // Sending before the encryption is known would send in clear.
        await until(() => client.getRoom(room_id)?.hasEncryptionStateEvent());
        return room_id;
    },

    async join({ room_id }) {
        await client.joinRoom(room_id);
        await until(() => client.getRoom(room_id)?.getMyMembership() === "join");
    },

    async invite({ room_id, user }) {
        await client.invite(room_id, user);
    },

    async send({ room_id, text, reply_to, thread, edit, mentions, extra }) {
        const message = { msgtype: "m.text", body: text, "m.mentions": {}, ...extra };
        if (mentions) message["m.mentions"] = { user_ids: mentions };
        const content = edit ? { ...message, body: `* ${text}`, "m.new_content": message } : message;
        const reply = reply_to ?? thread;
        if (edit) content["m.relates_to"] = { rel_type: "m.replace", event_id: edit };
        else if (reply) content["m.relates_to"] = { "m.in_reply_to": { event_id: reply } };
        if (thread) {
            const fallback = { rel_type: "m.thread", event_id: thread, is_falling_back: !reply_to };
            content["m.relates_to"] = { ...fallback, ...content["m.relates_to"] };
        }
        return sendEvent(room_id, "m.room.message", content);
    },

    async send_file({ room_id, name, mimetype, base64 }) {
        const bytes = Buffer.from(base64, "base64");
        const sealed = Attachment.encrypt(bytes);
        const file = JSON.parse(sealed.mediaEncryptionInfo);
        const upload = await client.uploadContent(new Blob([sealed.encryptedData]), {
            type: "application/octet-stream",
            includeFilename: false,
        });
        file.url = upload.content_uri;
        const info = { mimetype, size: bytes.length };
        return sendEvent(room_id, "m.room.message", { msgtype: "m.file", body: name, filename: name, info, file });
    },

    async open_file({ file }) {
        const url = client.mxcUrlToHttp(file.url, undefined, undefined, undefined, false, true, true);
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${client.getAccessToken()}` } });
        if (!answer.ok) throw new Error(`${answer.status} for ${file.url}`);
        const sealed = new EncryptedAttachment(new Uint8Array(await answer.arrayBuffer()), JSON.stringify(file));
        return Buffer.from(Attachment.decrypt(sealed)).toString("base64");
    },

    react: ({ room_id, event_id, key }) =>
        sendEvent(room_id, "m.reaction", {
            "m.relates_to": { rel_type: "m.annotation", event_id, key },
        }),

    redact: async ({ room_id, event_id, reason }) =>
        (await client.redactEvent(room_id, event_id, undefined, { reason })).event_id,

    poll_start({ room_id, question, answers }) {
        const poll = PollStartEvent.from(question, answers, "org.matrix.msc3381.poll.disclosed").serialize();
        return sendEvent(room_id, poll.type, poll.content);
    },

    poll_vote({ room_id, poll_id, answers }) {
        const vote = PollResponseEvent.from(answers, poll_id).serialize();
        return sendEvent(room_id, vote.type, vote.content);
    },

    async device_status({ user, device }) {
        await knowDevices(user);
        const status = await crypto.getDeviceVerificationStatus(user, device);
        return status && { signed_by_owner: status.signedByOwner, verified: status.crossSigningVerified };
    },

    async user_status({ user }) {
        await knowDevices(user);
        return userStatus(await crypto.getUserVerificationStatus(user));
    },

    async request_verification({ user, room_id, device }) {
        await knowDevices(user);
        return follow(
            room_id
                ? await crypto.requestVerificationDM(user, room_id)
                : await crypto.requestDeviceVerification(user, device),
        );
    },

    accept_verification: ({ verification_id }) => verifications.get(verification_id).accept(),

    async compare_emoji({ verification_id }) {
        await verifications.get(verification_id).startVerification("m.sas.v1");
    },

    async emoji_match({ verification_id }) {
        await verifications.get(verification_id).verifier.getShowSasCallbacks().confirm();
    },

    emoji_differ({ verification_id }) {
        verifications.get(verification_id).verifier.getShowSasCallbacks().mismatch();
    },

    cancel_verification: ({ verification_id }) => verifications.get(verification_id).cancel(),

    async logout() {
        client.stopClient();
        await client.logout(true);
    },
};

async function answer(line) {
    const { id, command, arguments: given } = JSON.parse(line);
    try {
        write({ id, result: (await commands[command](given)) ?? null });
    } catch (error) {
        console.error(error);
        write({ id, error: String(error) });
    }
}

// Also when whoever started this was killed: its end of the pipe closes.
createInterface({ input: process.stdin }).on("line", answer).on("close", () => process.exit());
