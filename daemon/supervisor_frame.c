/*
 * supervisor_frame.c - what the roles tell their supervisor.
 */
#include <stdio.h>

#include "base/log.h"
#include "config/secret.h"
#include "daemon/role.h"
#include "daemon/supervisor.h"

static struct child *find_id(struct supervisor *supervisor, uint32_t id)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->id == id &&
			supervisor->children[i]->state != CHILD_DOWN)
			return supervisor->children[i];
	return NULL; /* it died in the meantime */
}

/* The server refused what the reader has: read it again, it may have been changed. */
static bool answer_need_secret(
	struct supervisor *supervisor, struct child *child, struct error *err)
{
	const struct config_mailbox *mailbox = config_mailbox(supervisor->config, child->name);
	CLEANUP(secret_done) struct buffer secret = {0};
	struct wire_secret answer = {0};
	struct error why = {0};
	size_t mark;

	if (!mailbox)
		return true; /* it is about to be stopped */
	if (mailbox->oauth.grant != GRANT_NONE) {
		supervisor_want_token(supervisor, child, WISH_OTHER_TOKEN);
		return true;
	}
	if (supervisor_read_secret(mailbox, &secret, &why)) {
		answer.known = true;
		answer.secret = buffer_span(&secret);
	} else {
		answer.text = span_from(why.text);
		answer.error = ERROR_AUTH;
		log_event(LOG_LEVEL_ERROR, "secret-not-read", log_string("mailbox", child->name),
			log_string("error", why.text));
	}
	wire_write_secret(&answer, channel_begin(&child->control, CONTROL_SECRET, &mark));
	return channel_end(&child->control, mark, err);
}

static bool take_refused(
	struct supervisor *supervisor, struct child *child, struct span body, struct error *err)
{
	struct role_refused refused;

	if (!role_read_refused(body, &refused, err))
		return false;
	log_event(LOG_LEVEL_ERROR, "refused", log_string("what", child_kind_name(child->kind)),
		log_string("error_kind", error_kind_name(refused.kind)),
		log_text("error", refused.text));
	if (child->kind == CHILD_TOKENS)
		supervisor_tokens_refused(supervisor, &refused);
	/* At the start a person looks on and mends it; later only time can help. */
	if (child->kind == CHILD_LEDGER && !supervisor->was_ready) {
		supervisor->exit_status = 1;
		supervisor->phase = PHASE_STOP_LEDGER;
	}
	return true;
}

static bool take_peer(
	struct supervisor *supervisor, bool stalled, struct span body, struct error *err)
{
	struct child *peer;
	uint32_t id;

	if (!role_read_id(body, &id, err))
		return false;
	peer = find_id(supervisor, id);
	if (peer && stalled) {
		log_event(LOG_LEVEL_WARNING, "stalled",
			log_string("what", child_kind_name(peer->kind)),
			log_string("name", peer->name), log_number("pid", peer->pid));
		child_kill(peer);
	} else if (peer) {
		child_useful(peer);
	}
	return true;
}

static bool take_ledger_frame(
	struct supervisor *supervisor, const struct frame *frame, struct error *err)
{
	switch (frame->type) {
	case ROLE_STATUS:
		snprintf(supervisor->status, sizeof supervisor->status, "%.*s",
			SPAN_ARG(frame->body));
		return true;
	case ROLE_USEFUL:
		child_useful(supervisor_ledger(supervisor));
		return true;
	case ROLE_PEER_PROGRESS:
	case ROLE_PEER_STALLED:
		return take_peer(supervisor, frame->type == ROLE_PEER_STALLED, frame->body, err);
	}
	return error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)frame->type);
}

bool supervisor_take_frame(struct supervisor *supervisor, struct child *child,
	const struct frame *frame, struct error *err)
{
	switch (frame->type) {
	case CONTROL_PROGRESS:
		child_alive(child);
		return true;
	case CONTROL_NEED_SECRET:
		if (child->kind == CHILD_READER)
			return answer_need_secret(supervisor, child, err);
		break;
	case CONTROL_NEED_TOKEN:
		if (child->kind != CHILD_READER)
			break;
		supervisor_want_token(supervisor, child, WISH_TOKEN);
		return true;
	case ROLE_READY:
		child->ready = true;
		child_alive(child);
		if (child->kind == CHILD_TOKENS)
			supervisor_tokens_ready(supervisor);
		else if (child->kind == CHILD_LEDGER)
			supervisor_tell_token_states(supervisor);
		return true;
	case ROLE_REFUSED:
		return take_refused(supervisor, child, frame->body, err);
	}
	if (child->kind == CHILD_LEDGER)
		return take_ledger_frame(supervisor, frame, err);
	if (child->kind == CHILD_TOKENS)
		return supervisor_take_tokens_frame(supervisor, frame, err);
	return error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)frame->type);
}
