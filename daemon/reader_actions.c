/*
 * What the ledger wants done on the server, after the commit. Each action carries the UIDVALIDITY
 * and the identity that it was decided under: under another UIDVALIDITY its UID is somebody else's
 * mail, so it is found again by identity or dropped with a finding.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "daemon/reader_state.h"
#include "ingest/identity.h"

#define CANDIDATES_MAX 16 /* mails of one Message-ID that are looked at */

/* The folder that is selected while actions run. */
struct place {
	struct reader *reader;
	struct buffer folder; /* its name */
	struct imap_folder info;
	bool selected;
};

struct outcome {
	enum wire_result result;
	char text[300];
};

static bool settle(struct outcome *outcome, enum wire_result result, const char *text)
{
	outcome->result = result;
	snprintf(outcome->text, sizeof(outcome->text), "%s", text);
	return true;
}

static bool settle_words(struct outcome *outcome, struct imap *imap, const char *what)
{
	outcome->result = WIRE_FAILED;
	snprintf(outcome->text, sizeof(outcome->text), "%s: %s", what, imap_words(imap));
	return true;
}

/* Selects the folder unless it is; *answer NO: it can't be. */
static bool go_to(struct place *place, struct span folder, bool read_only, enum imap_answer *answer,
	struct error *err)
{
	*answer = IMAP_OK;
	if (place->selected && span_equal(buffer_span(&place->folder), folder) &&
		(read_only || !place->info.read_only))
		return true;
	place->reader->selected = NO_FOLDER;
	place->selected = false;
	if (!imap_select(place->reader->imap, folder, read_only, &place->info, answer, err))
		return false;
	buffer_clear(&place->folder);
	buffer_append(&place->folder, folder);
	place->selected = *answer == IMAP_OK;
	return true;
}

static bool add_to_identity(void *context, struct span piece)
{
	identity_add(context, piece);
	return true;
}

/* Whether the mail under the UID is the one that is meant. *there: a mail is under it at all. */
static bool is_same_mail(struct place *place, uint32_t uid, const struct digest *wanted,
	bool *there, bool *same, struct error *err)
{
	const struct wire_start *start = &place->reader->start;
	struct identity *identity = identity_new();
	struct digest digest;
	bool ok;

	ok = imap_fetch_pieces(place->reader->imap, uid, (uint64_t)start->max_message_bytes,
		add_to_identity, identity, there, err);
	digest = identity_end(identity);
	*same = ok && *there && digest_equal(&digest, wanted);
	return ok;
}

/* The UID of the mail in the selected folder; 0: it is not there, or *refused: nobody can say. */
static bool find_mail(struct place *place, const struct wire_action *action, uint32_t *uid,
	bool *refused, struct error *err)
{
	struct imap_uids uids = {0};
	enum imap_answer answer = IMAP_OK;
	bool ok = imap_find(place->reader->imap, action->message_id, 0, &uids, &answer, err);

	*uid = 0;
	*refused = answer == IMAP_NO;
	for (size_t i = 0; ok && i < uids.count && i < CANDIDATES_MAX && *uid == 0; i++) {
		bool there, same;

		ok = is_same_mail(place, uids.items[i], &action->identity, &there, &same, err);
		*refused = *refused || (!there && imap_was_refused(place->reader->imap));
		if (ok && same)
			*uid = uids.items[i];
	}
	imap_uids_done(&uids);
	return ok;
}

/* The UID holds what the action means: asked cheaply by Message-ID, else by the whole mail. */
static bool confirm(struct place *place, const struct wire_action *action, bool *there, bool *same,
	struct error *err)
{
	struct imap_uids uids = {0};
	enum imap_answer answer;

	if (!imap_find(place->reader->imap, action->message_id, action->uid, &uids, &answer, err))
		return false;
	*there = *same = answer == IMAP_OK && uids.count == 1 && uids.items[0] == action->uid;
	imap_uids_done(&uids);
	return *same || is_same_mail(place, action->uid, &action->identity, there, same, err);
}

/* Whether an earlier COPY or MOVE, whose answer was lost, put it there. */
static bool is_in_target(struct place *place, const struct wire_action *action, bool *is,
	bool *refused, struct error *err)
{
	enum imap_answer answer;
	uint32_t uid = 0;

	*is = *refused = false;
	if (!go_to(place, action->target, true, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return true;
	if (!find_mail(place, action, &uid, refused, err))
		return false;
	*is = uid != 0;
	return true;
}

/*
 * Nothing is under the UID any more. That may be our own doing: who was killed between the server's
 * answer and its record asks again.
 */
static bool settle_gone(struct place *place, const struct wire_action *action,
	struct outcome *outcome, struct error *err)
{
	bool moved = false, refused = false;

	if (imap_was_refused(place->reader->imap))
		return settle_words(outcome, place->reader->imap, "the mail can't be looked at");
	if (action->verb == WIRE_DELETE)
		return settle(outcome, WIRE_DONE, "");
	if (!is_in_target(place, action, &moved, &refused, err))
		return false;
	if (moved)
		return settle(outcome, WIRE_DONE, "");
	if (refused)
		return settle(outcome, WIRE_FAILED,
			"the server does not say whether the mail was moved before");
	return settle(outcome, WIRE_GONE, "the mail is no longer in the folder");
}

/* The UID to act on; 0: settled already, `outcome` says why. */
static bool bind_action(struct place *place, const struct wire_action *action, uint32_t *uid,
	struct outcome *outcome, struct error *err)
{
	bool there, same, refused;

	*uid = action->uid;
	if (place->info.uidvalidity == action->uidvalidity) {
		if (action->verb != WIRE_MOVE && action->verb != WIRE_DELETE)
			return true;
		if (!confirm(place, action, &there, &same, err))
			return false;
		if (same)
			return true;
		if (!there) {
			*uid = 0;
			return settle_gone(place, action, outcome, err);
		}
	}
	if (!find_mail(place, action, uid, &refused, err))
		return false;
	if (*uid == 0 && refused)
		return settle_words(outcome, place->reader->imap, "the mail can't be looked for");
	if (*uid == 0)
		return settle(outcome, WIRE_DROPPED,
			"the folder's UIDs changed and the mail was not found again");
	return true;
}

static bool store_flag(struct place *place, uint32_t uid, const char *flag, struct outcome *outcome,
	struct error *err)
{
	enum imap_answer answer;

	if (!imap_add_flag(place->reader->imap, &uid, 1, flag, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return settle_words(outcome, place->reader->imap, "the flag can't be set");
	return settle(outcome, WIRE_DONE, "");
}

static bool delete_mail(
	struct place *place, uint32_t uid, struct outcome *outcome, struct error *err)
{
	enum imap_answer answer;

	if (!store_flag(place, uid, "\\Deleted", outcome, err) || outcome->result != WIRE_DONE)
		return outcome->result != WIRE_DONE;
	/* A bare EXPUNGE would also take what others marked. */
	if (!imap_has_uidplus(place->reader->imap))
		return settle(outcome, WIRE_DONE,
			"the server has no UIDPLUS: the mail stays there, marked \\Deleted");
	if (!imap_expunge(place->reader->imap, uid, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return settle_words(outcome, place->reader->imap, "the mail can't be expunged");
	return settle(outcome, WIRE_DONE, "");
}

static bool copy_and_delete(struct place *place, const struct wire_action *action, uint32_t uid,
	struct outcome *outcome, struct error *err)
{
	uint32_t uidvalidity = place->info.uidvalidity;
	enum imap_answer answer;
	bool copied, refused;

	/* not twice: the target is looked into first */
	if (!is_in_target(place, action, &copied, &refused, err) ||
		!go_to(place, action->folder, false, &answer, err))
		return false;
	if (!copied && refused)
		return settle(outcome, WIRE_FAILED,
			"the server does not say whether the mail was copied before");
	if (answer == IMAP_NO || place->info.uidvalidity != uidvalidity)
		return settle(outcome, WIRE_FAILED, "the folder changed meanwhile");
	if (!copied) {
		if (!imap_copy(place->reader->imap, uid, action->target, &answer, err))
			return false;
		if (answer == IMAP_NO)
			return settle_words(outcome, place->reader->imap,
				"the mail can't be copied to the target folder");
	}
	return delete_mail(place, uid, outcome, err);
}

static bool move_mail(struct place *place, const struct wire_action *action, uint32_t uid,
	struct outcome *outcome, struct error *err)
{
	enum imap_answer answer;

	if (span_equal(action->target, action->folder))
		return settle(outcome, WIRE_DROPPED, "the target is the folder itself");
	if (!imap_has_move(place->reader->imap))
		return copy_and_delete(place, action, uid, outcome, err);
	if (!imap_move(place->reader->imap, uid, action->target, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return settle_words(outcome, place->reader->imap,
			"the mail can't be moved to the target folder");
	return settle(outcome, WIRE_DONE, "");
}

static bool fetch_again(
	struct place *place, uint32_t uid, struct outcome *outcome, struct error *err)
{
	bool given;

	if (!fetch_one(place->reader, buffer_span(&place->folder), place->info.uidvalidity, uid,
		    &given, err))
		return false;
	if (given)
		return settle(outcome, WIRE_DONE, "");
	if (imap_was_refused(place->reader->imap))
		return settle_words(outcome, place->reader->imap, "the mail is not given");
	return settle(outcome, WIRE_GONE, "the mail is no longer in the folder");
}

static bool perform(struct place *place, const struct wire_action *action, uint32_t uid,
	struct outcome *outcome, struct error *err)
{
	switch (action->verb) {
	case WIRE_SEEN:
		return store_flag(place, uid, "\\Seen", outcome, err);
	case WIRE_FLAG:
		return store_flag(place, uid, "\\Flagged", outcome, err);
	case WIRE_MOVE:
		return move_mail(place, action, uid, outcome, err);
	case WIRE_DELETE:
		return delete_mail(place, uid, outcome, err);
	case WIRE_FETCH:
		return fetch_again(place, uid, outcome, err);
	}
	return settle(outcome, WIRE_DROPPED, "an action that this reader does not know");
}

static bool run_one(struct place *place, const struct wire_action *action, struct outcome *outcome,
	struct error *err)
{
	bool read_only = action->verb == WIRE_FETCH;
	enum imap_answer answer;
	uint32_t uid;

	if (!go_to(place, action->folder, read_only, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return settle_words(outcome, place->reader->imap, "the folder can't be opened");
	if (!read_only && place->info.read_only)
		return settle(outcome, WIRE_FAILED, "the server lets us only read this folder");
	if (!bind_action(place, action, &uid, outcome, err))
		return false;
	return uid == 0 || perform(place, action, uid, outcome, err);
}

static bool answer_action(struct reader *reader, const struct wire_action *action,
	const struct outcome *outcome, struct error *err)
{
	struct wire_action_done done = {action->id, outcome->result, span_from(outcome->text)};
	bool fine = outcome->result == WIRE_DONE && !outcome->text[0];

	log_event(fine ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "action",
		log_string("verb", wire_verb_name(action->verb)),
		log_text("folder", action->folder), log_number("uid", action->uid),
		log_string("finding", outcome->text));
	wire_write_action_done(&done, &reader->out);
	return link_send(reader, WIRE_ACTION_DONE, err);
}

/* What is selected already need not be selected again. */
static struct place place_of(struct reader *reader)
{
	struct place place = {.reader = reader};

	if (reader->selected == NO_FOLDER)
		return place;
	buffer_append(&place.folder, reader->folders[reader->selected].name);
	place.info.uidvalidity = reader->folders[reader->selected].uidvalidity;
	place.info.read_only = reader->selected_read_only;
	place.selected = true;
	return place;
}

static bool run_first(struct place *place, struct error *err)
{
	struct reader *reader = place->reader;
	struct reader_action *first = reader->actions;
	struct outcome outcome = {WIRE_FAILED, ""};

	/* It stays in the list until it is answered: a broken connection repeats it. */
	if (!run_one(place, &first->action, &outcome, err))
		return error_context(err, "%s uid %u in %.*s", wire_verb_name(first->action.verb),
			first->action.uid, SPAN_ARG(first->action.folder));
	if (!answer_action(reader, &first->action, &outcome, err))
		return false;
	reader->actions = first->next;
	buffer_done(&first->body);
	free(first);
	return link_poll(reader, 0, err);
}

bool actions_run(struct reader *reader, struct error *err)
{
	struct place place = place_of(reader);
	bool ok = true;

	while (ok && reader->actions && !reader->stop)
		ok = run_first(&place, err);
	buffer_done(&place.folder);
	return ok;
}
