/*
 * imap.h - one IMAP session (RFC 9051, RFC 3501): what the reader asks of a server. With
 * transport.c the only door to libetpan; nothing of its types comes through.
 *
 * A function that returns false has lost the connection (ERROR_LIMIT: the server went beyond what
 * it may send): the session is dead and can only be closed. A server that says NO is an answer.
 */
#ifndef DAEMON_IMAP_H
#define DAEMON_IMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "daemon/transport.h"

struct imap;

struct imap_login {
	const struct transport_trust *trust;
	struct span host;
	uint16_t port;
	enum server_tls tls;
	int64_t timeout_ms; /* of one answer; more for those that bring mail; 0: a minute */
	struct span user;
	enum login_auth auth;
	struct span secret;
	transport_tick *tick; /* may be NULL */
	void *tick_context;
};

enum imap_answer { IMAP_OK, IMAP_NO };

/*
 * Connects and logs in. ERROR_AUTH: the credentials are refused; ERROR_INPUT: the certificate, the
 * address or something else that a person must change; ERROR_TEMPORARY: try again later.
 */
MUST_CHECK bool imap_open(const struct imap_login *login, struct imap **imap, struct error *err);
/* Says LOGOUT when the session lives, and waits little for the answer. NULL is legal. */
void imap_close(struct imap *imap);
/* What the server said last, on one line, safe to show. Valid until the next call. */
const char *imap_words(struct imap *imap);
/* The last command was answered NO: what it did not bring may still be there. */
bool imap_was_refused(const struct imap *imap);

bool imap_has_idle(const struct imap *imap);
bool imap_has_uidplus(const struct imap *imap); /* RFC 4315 */
bool imap_has_move(const struct imap *imap);	/* RFC 6851 */

struct imap_folder {
	uint32_t uidvalidity, uidnext, exists; /* uidnext 0: the server did not say */
	bool read_only;
};

/* Selects the folder, with EXAMINE when read_only. IMAP_NO: it is missing or may not be opened. */
MUST_CHECK bool imap_select(struct imap *imap, struct span name, bool read_only,
	struct imap_folder *folder, enum imap_answer *answer, struct error *err);
/* Messages in the selected folder, as last announced. */
uint32_t imap_exists(const struct imap *imap);

struct imap_uids {
	uint32_t *items; /* rising; free with imap_uids_done */
	size_t count, capacity;
};
void imap_uids_done(struct imap_uids *uids);

/* The UIDs of the selected folder from `first` to `last`; last 0: to the end. */
MUST_CHECK bool imap_list(struct imap *imap, uint32_t first, uint32_t last, struct imap_uids *uids,
	enum imap_answer *answer, struct error *err);
/*
 * Those whose Message-ID field holds the text; of one UID only unless `uid` is 0. IMAP_NO also when
 * it can't be asked for.
 */
MUST_CHECK bool imap_find(struct imap *imap, struct span message_id, uint32_t uid,
	struct imap_uids *uids, enum imap_answer *answer, struct error *err);
/* How many were received on the day or later. */
MUST_CHECK bool imap_count_since(struct imap *imap, struct date day, uint64_t *count,
	enum imap_answer *answer, struct error *err);

/* What FETCH said of one message. */
struct imap_mail {
	uint32_t uid;  /* 0: not said */
	uint32_t size; /* RFC822.SIZE: a claim, and wrapped at 2^32 */
	bool has_size;
	uint32_t flags;		  /* enum wire_flag */
	int64_t internal_date_ms; /* 0: not said */
	bool has_body;
	struct span body; /* valid during the call */
};

typedef void imap_mail_handler(void *context, const struct imap_mail *mail);
/* False gives the fetch up, and with it the connection. */
typedef bool imap_piece_handler(void *context, struct span piece);

/* UID, size, date and flags of each; the handler is called for those that the server gave. */
MUST_CHECK bool imap_fetch_info(struct imap *imap, const uint32_t *uids, size_t count,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err);
/* The whole mails, none of them above max_literal, all together some max_bytes. */
MUST_CHECK bool imap_fetch_mails(struct imap *imap, const uint32_t *uids, size_t count,
	uint64_t max_literal, uint64_t max_bytes, imap_mail_handler *handler, void *context,
	enum imap_answer *answer, struct error *err);
/*
 * One mail in pieces as they come. *given: it came, and it was this one. ERROR_LIMIT when it is
 * larger than max_bytes.
 */
MUST_CHECK bool imap_fetch_pieces(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_piece_handler *handler, void *context, bool *given, struct error *err);
/* The header block of one mail (at most max_bytes), to the handler as `body`. */
MUST_CHECK bool imap_fetch_header(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err);

/* UID STORE +FLAGS.SILENT; flag is "\\Seen" and the like. */
MUST_CHECK bool imap_add_flag(struct imap *imap, const uint32_t *uids, size_t count,
	const char *flag, enum imap_answer *answer, struct error *err);
MUST_CHECK bool imap_copy(struct imap *imap, uint32_t uid, struct span target,
	enum imap_answer *answer, struct error *err);
MUST_CHECK bool imap_move(struct imap *imap, uint32_t uid, struct span target,
	enum imap_answer *answer, struct error *err);
/* UID EXPUNGE: needs imap_has_uidplus. There is no function for a bare EXPUNGE. */
MUST_CHECK bool imap_expunge(
	struct imap *imap, uint32_t uid, enum imap_answer *answer, struct error *err);

enum imap_idle_event { IDLE_NEWS, IDLE_TIMEOUT, IDLE_DESCRIPTOR };

/*
 * IDLE (RFC 2177): begin, wait (again and again), end. *started false: the server refused, poll
 * instead. imap_idle_wait returns IDLE_NEWS when the server announced messages, IDLE_DESCRIPTOR
 * when one of the descriptors can be read, IDLE_TIMEOUT else.
 */
MUST_CHECK bool imap_idle_begin(struct imap *imap, bool *started, struct error *err);
MUST_CHECK bool imap_idle_wait(struct imap *imap, const int *descriptors, size_t count,
	int64_t timeout_ms, enum imap_idle_event *event, struct error *err);
/* *news: messages were announced since the last wait. */
MUST_CHECK bool imap_idle_end(struct imap *imap, bool *news, struct error *err);

#endif
