#include "daemon/imap_session.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/memory.h"
#include "daemon/imap_text.h"
#include "daemon/wire.h"

#define MAX_LISTED	((size_t)1 << 20) /* UIDs of one imap_list */
#define LIST_LINE_BYTES 64
#define LIST_MAX_BYTES                                                            \
	((uint64_t)24 << 20) /* 800,000 UIDs at once, of a server without UIDNEXT \
			      */
#define MAIL_LINE_BYTES 1024 /* of a FETCH response without its literal */

/* FETCH responses */

static int64_t instant_of(const struct mailimap_date_time *time)
{
	struct date date = {time->dt_year, time->dt_month, time->dt_day};
	int64_t zone_minutes = time->dt_zone / 100 * 60 + time->dt_zone % 100;
	int64_t seconds;

	if (!date_is_valid(date))
		return 0;
	seconds = date_to_days(date) * 86400 + time->dt_hour * 3600 + time->dt_min * 60 +
		  time->dt_sec;
	return (seconds - zone_minutes * 60) * 1000;
}

static uint32_t flags_of(const struct mailimap_msg_att_dynamic *dynamic)
{
	uint32_t flags = 0;

	if (!dynamic || !dynamic->att_list)
		return 0;
	for (clistiter *at = clist_begin(dynamic->att_list); at; at = clist_next(at)) {
		const struct mailimap_flag_fetch *fetched = clist_content(at);

		if (fetched->fl_type != MAILIMAP_FLAG_FETCH_OTHER || !fetched->fl_flag)
			continue;
		switch (fetched->fl_flag->fl_type) {
		case MAILIMAP_FLAG_SEEN:
			flags |= WIRE_FLAG_SEEN;
			break;
		case MAILIMAP_FLAG_ANSWERED:
			flags |= WIRE_FLAG_ANSWERED;
			break;
		case MAILIMAP_FLAG_FLAGGED:
			flags |= WIRE_FLAG_FLAGGED;
			break;
		case MAILIMAP_FLAG_DELETED:
			flags |= WIRE_FLAG_DELETED;
			break;
		case MAILIMAP_FLAG_DRAFT:
			flags |= WIRE_FLAG_DRAFT;
			break;
		default:
			break;
		}
	}
	return flags;
}

/* Another part of the mail than was asked for must not be taken for the whole. */
static bool is_wanted_section(const struct imap *imap, const struct mailimap_section *section)
{
	const struct mailimap_section_spec *spec = section ? section->sec_spec : NULL;

	if (!imap->wants_header)
		return !spec;
	return spec && spec->sec_type == MAILIMAP_SECTION_SPEC_SECTION_MSGTEXT &&
	       spec->sec_data.sec_msgtext->sec_type == MAILIMAP_SECTION_MSGTEXT_HEADER;
}

static void read_static(
	const struct imap *imap, const struct mailimap_msg_att_static *item, struct imap_mail *mail)
{
	const struct mailimap_msg_att_body_section *section;

	switch (item->att_type) {
	case MAILIMAP_MSG_ATT_UID:
		mail->uid = item->att_data.att_uid;
		break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE:
		mail->size = item->att_data.att_rfc822_size;
		mail->has_size = true;
		break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		if (item->att_data.att_internal_date)
			mail->internal_date_ms = instant_of(item->att_data.att_internal_date);
		break;
	case MAILIMAP_MSG_ATT_BODY_SECTION:
		section = item->att_data.att_body_section;
		/* a mail of no bytes is none: servers say so of what they can't read */
		if (!section || !section->sec_body_part || section->sec_length == 0 ||
			!is_wanted_section(imap, section->sec_section))
			break;
		mail->has_body = true;
		mail->body = (struct span){section->sec_body_part, section->sec_length};
		break;
	default:
		break;
	}
}

void imap_uids_add(struct imap_uids *uids, uint32_t uid)
{
	if (uid == 0 || uids->count >= MAX_LISTED)
		return;
	if (uids->count == uids->capacity) {
		uids->capacity = uids->capacity ? 2 * uids->capacity : 256;
		uids->items = memory_resize(uids->items, uids->capacity * sizeof(uids->items[0]));
	}
	uids->items[uids->count++] = uid;
}

void imap_handle_fetch(struct mailimap_msg_att *attributes, void *context)
{
	struct imap *imap = context;
	struct imap_mail mail = {0};

	for (clistiter *at = clist_begin(attributes->att_list); at; at = clist_next(at)) {
		const struct mailimap_msg_att_item *item = clist_content(at);

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
			mail.flags = flags_of(item->att_data.att_dyn);
		else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC &&
			 item->att_data.att_static)
			read_static(imap, item->att_data.att_static, &mail);
	}
	if (imap->listing)
		imap_uids_add(imap->listing, mail.uid);
	if (imap->on_piece && imap->piece_came) {
		imap->given = imap->given || mail.uid == imap->wanted_uid;
		imap->gave_up = imap->gave_up || mail.uid != imap->wanted_uid;
	}
	if (imap->on_mail)
		imap->on_mail(imap->context, &mail);
}

static bool handle_piece(int type, struct mailimap_msg_att_body_section *section, const char *bytes,
	size_t size, void *context)
{
	struct imap *imap = context;

	(void)type;
	if (!is_wanted_section(imap, section->sec_section) || size == 0)
		return true;
	/* A second body behind the one that was asked for would be somebody else's. */
	if (imap->given || imap->gave_up)
		return false;
	imap->piece_came = true;
	imap->gave_up = !imap->on_piece(imap->context, (struct span){bytes, size});
	return !imap->gave_up;
}

/* Lists of UIDs */

void imap_uids_done(struct imap_uids *uids)
{
	free(uids->items);
	*uids = (struct imap_uids){0};
}

static int compare_uids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void imap_uids_tidy(struct imap_uids *uids, uint32_t first, uint32_t last)
{
	size_t kept = 0;

	if (uids->count > 0)
		qsort(uids->items, uids->count, sizeof(uids->items[0]), compare_uids);
	for (size_t i = 0; i < uids->count; i++) {
		uint32_t uid = uids->items[i];

		if (uid < first || (last > 0 && uid > last) ||
			(kept > 0 && uids->items[kept - 1] == uid))
			continue;
		uids->items[kept++] = uid;
	}
	uids->count = kept;
}

bool imap_list(struct imap *imap, uint32_t first, uint32_t last, struct imap_uids *uids,
	enum imap_answer *answer, struct error *err)
{
	uint64_t bytes = (uint64_t)imap_exists(imap) * LIST_LINE_BYTES;
	struct transport_limits limits;
	bool ok;

	if (bytes > LIST_MAX_BYTES)
		bytes = LIST_MAX_BYTES;
	limits = imap_limits_for(imap, bytes, IMAP_ANSWER_MAX);
	limits.max_line_bytes += bytes;
	imap_begin(imap, "UID FETCH ");
	buffer_format(&imap->command, "%u:", first);
	if (last > 0)
		buffer_format(&imap->command, "%u (UID)", last);
	else
		buffer_append_string(&imap->command, "* (UID)");
	uids->count = 0;
	imap->listing = uids;
	ok = imap_run(imap, &limits, answer, err);
	imap->listing = NULL;
	imap_uids_tidy(uids, first, last);
	return ok;
}

/* Fetching */

static void begin_fetch(struct imap *imap, const uint32_t *uids, size_t count, const char *items)
{
	imap_begin(imap, "UID FETCH ");
	imap_text_uids(&imap->command, uids, count);
	buffer_append_string(&imap->command, items);
}

static bool run_fetch(struct imap *imap, const struct transport_limits *limits,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	bool ok;

	imap->on_mail = handler;
	imap->context = context;
	ok = imap_run(imap, limits, answer, err);
	imap->on_mail = NULL;
	return ok;
}

bool imap_fetch_info(struct imap *imap, const uint32_t *uids, size_t count,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	uint64_t bytes = MAIL_LINE_BYTES * count;
	struct transport_limits limits = imap_limits_for(imap, bytes, IMAP_ANSWER_MAX);

	limits.max_line_bytes += bytes;
	begin_fetch(imap, uids, count, " (UID RFC822.SIZE INTERNALDATE FLAGS)");
	return run_fetch(imap, &limits, handler, context, answer, err);
}

bool imap_fetch_mails(struct imap *imap, const uint32_t *uids, size_t count, uint64_t max_literal,
	uint64_t max_bytes, imap_mail_handler *handler, void *context, enum imap_answer *answer,
	struct error *err)
{
	uint64_t line_bytes = MAIL_LINE_BYTES * count;
	struct transport_limits limits = imap_limits_for(imap, max_bytes + line_bytes, max_literal);

	limits.max_line_bytes += line_bytes;
	begin_fetch(imap, uids, count, " (UID BODY.PEEK[])");
	return run_fetch(imap, &limits, handler, context, answer, err);
}

bool imap_fetch_header(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	struct transport_limits limits = imap_limits_for(imap, max_bytes, max_bytes);
	bool ok;

	begin_fetch(imap, &uid, 1, " (UID BODY.PEEK[HEADER])");
	imap->wants_header = true;
	ok = run_fetch(imap, &limits, handler, context, answer, err);
	imap->wants_header = false;
	return ok;
}

bool imap_fetch_pieces(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_piece_handler *handler, void *context, bool *given, struct error *err)
{
	struct transport_limits limits = imap_limits_for(imap, max_bytes, max_bytes);
	enum imap_answer answer;
	bool ok;

	imap->on_piece = handler;
	imap->context = context;
	imap->wanted_uid = uid;
	imap->given = imap->piece_came = imap->gave_up = false;
	mailimap_set_msg_body_handler(imap->session, handle_piece, imap);
	begin_fetch(imap, &uid, 1, " (UID BODY.PEEK[])");
	ok = imap_run(imap, &limits, &answer, err);
	mailimap_set_msg_body_handler(imap->session, NULL, NULL);
	imap->on_piece = NULL;
	*given = imap->given;
	if (ok && imap->gave_up) {
		imap->dead = true;
		return error_set(
			err, ERROR_TEMPORARY, "the server sent a mail that was not asked for");
	}
	return ok;
}
