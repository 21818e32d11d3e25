/*
 * imap_session.h - the inside of an IMAP session, which imap.c (folders, search, actions, IDLE),
 * imap_login.c (from the greeting to the login) and imap_fetch.c (what FETCH brings) share. Nobody
 * else includes it.
 */
#ifndef DAEMON_IMAP_SESSION_H
#define DAEMON_IMAP_SESSION_H

#include <libetpan/mailimap.h>

#include "base/buffer.h"
#include "daemon/imap.h"

#define IMAP_ANSWER_MAX (256 * 1024) /* bytes of a command that brings no mail */

struct imap {
	struct transport *transport;
	mailimap *session;
	int64_t answer_ms; /* that one answer may take */
	const char *doing; /* the command in hand, without what it is about: for messages */
	bool dead;
	bool has_idle, has_uidplus, has_move, has_sasl_ir, login_disabled, auth_plain;
	bool stored_read_only;
	bool idle_news;
	bool refused; /* the last command */
	struct buffer command, words;
	struct buffer challenge; /* of a refused access token, in words */
	struct buffer response;	 /* of AUTHENTICATE, in base64: as secret as what is in it */
	/* of the FETCH in hand */
	imap_mail_handler *on_mail;
	imap_piece_handler *on_piece;
	void *context;
	struct imap_uids *listing;
	uint32_t wanted_uid;
	bool wants_header; /* BODY[HEADER] is what was asked for, else BODY[] */
	bool given, piece_came, gave_up;
};

/* Begins a command whose answer brings no mail. `doing`: a literal, as imap->doing. */
void imap_limit_plain(struct imap *imap, const char *doing);
/* For answers of about so many bytes, no literal of them above max_literal. */
struct transport_limits imap_limits_for(
	const struct imap *imap, uint64_t bytes, uint64_t max_literal);

/* What imap_words says from now on. */
void imap_set_words(struct imap *imap, const char *text);
/* The connection failed: says why and returns false; nothing but closing is left. */
bool imap_failed(struct imap *imap, int result, struct error *err);
/* What libetpan returned as an answer or a failure. */
MUST_CHECK bool imap_settle(
	struct imap *imap, int result, enum imap_answer *answer, struct error *err);
/* Begins imap->command with the words (a literal); imap_run sends it and reads its answer. */
void imap_begin(struct imap *imap, const char *words);
MUST_CHECK bool imap_run(struct imap *imap, const struct transport_limits *limits,
	enum imap_answer *answer, struct error *err);
/* The same for an answer that brings no mail. */
MUST_CHECK bool imap_run_plain(struct imap *imap, enum imap_answer *answer, struct error *err);
/* One line to the server; one of its answer, into the buffer where libetpan's parser begins. */
MUST_CHECK bool imap_send_line(struct imap *imap, struct span line, struct error *err);
MUST_CHECK bool imap_read_line(struct imap *imap, struct span *line, struct error *err);

/*
 * A command under a new tag (mailimap_custom_command would put a space behind it, which strict
 * servers refuse), and from the line in the session's buffer to the tagged answer.
 */
MUST_CHECK bool imap_send_command(struct imap *imap, struct span command, struct error *err);
MUST_CHECK bool imap_read_answer(struct imap *imap, enum imap_answer *answer, struct error *err);

void imap_uids_add(struct imap_uids *uids, uint32_t uid);
/* Rising, without repetition, within [first, last]: "n:*" also names the last message below n. */
void imap_uids_tidy(struct imap_uids *uids, uint32_t first, uint32_t last);
/* libetpan calls it for every FETCH response, also for those that nobody asked for. */
void imap_handle_fetch(struct mailimap_msg_att *attributes, void *context);

#endif
