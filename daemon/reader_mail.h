/*
 * reader_mail.h - one mail of a folder on its way to the ledger. Only reader_mail.c and
 * reader_fetch.c, which decides what is fetched when, include it.
 */
#ifndef DAEMON_READER_MAIL_H
#define DAEMON_READER_MAIL_H

#include "daemon/reader_state.h"

#define MAIL_HEADER_MAX_BYTES ((uint64_t)2 << 20)

struct item {
	uint32_t uid, size, flags;
	int64_t internal_date_ms;
	bool known; /* the server described it */
	bool sent;
};

/* A fetch in hand. The handlers of imap.h can't fail: what went wrong waits here. */
struct fetch {
	struct reader *reader;
	struct span folder;
	uint32_t uidvalidity;
	struct item *items;
	size_t count;
	uint32_t mails;
	bool failed;
	bool probing; /* what comes is not meant for the ledger */
	bool probe_came;
	struct error *err;
};

/*
 * Handlers for imap.h; `context` is the struct fetch. What the server describes, a whole mail, a
 * header: for an item of the fetch that was not sent yet. Others are nobody's.
 */
void mail_take_info(void *context, const struct imap_mail *mail);
void mail_take(void *context, const struct imap_mail *mail);
void mail_take_header(void *context, const struct imap_mail *mail);

/* The items [from, from + count) whole; each item->sent tells whether it came. */
MUST_CHECK bool mail_fetch_small(struct fetch *fetch, size_t from, size_t count, struct error *err);
/* The header alone, as READER_TOO_LARGE. item->sent tells whether it came. */
MUST_CHECK bool mail_fetch_header(struct fetch *fetch, struct item *item, struct error *err);
/* The mail in pieces. item->sent tells whether it came. */
MUST_CHECK bool mail_fetch_streamed(struct fetch *fetch, struct item *item, struct error *err);

#endif
