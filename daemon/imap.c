#include "daemon/imap.h"

#include <errno.h>
#include <libetpan/mailimap.h>
#include <libetpan/mailstream.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "base/text.h"
#include "daemon/imap_text.h"
#include "daemon/wire.h"

#define CONNECT_MS	30000
#define COMMAND_MS	60000
#define LOGOUT_MS	2000
#define MIN_BYTES_PER_S 20000 /* of a link that is slow but works: the deadline grows by it */
#define MAX_ANSWER	(256 * 1024) /* of a command that brings no mail */
#define MAX_UNTAGGED	2000
#define MAX_LISTED	((size_t)1 << 20) /* UIDs of one imap_list */
#define LIST_LINE_BYTES 64

struct imap {
	struct transport *transport;
	mailimap *session;
	bool dead;
	bool has_idle, has_uidplus, has_move, has_sasl_ir, login_disabled, auth_plain;
	bool stored_read_only;
	bool idle_news;
	struct buffer command, words;
	/* of the FETCH in hand */
	imap_mail_handler *on_mail;
	imap_piece_handler *on_piece;
	void *context;
	struct imap_uids *listing;
	uint32_t wanted_uid;
	bool given, piece_came, gave_up;
};

static const struct transport_limits PLAIN_COMMAND = {
	.deadline_ms = COMMAND_MS,
	.max_bytes = MAX_ANSWER,
	.max_literal = MAX_ANSWER,
	.max_untagged = MAX_UNTAGGED,
};

/* For answers of about so many bytes in about so many lines. */
static struct transport_limits limits_for(uint64_t bytes, uint64_t max_literal)
{
	struct transport_limits limits = PLAIN_COMMAND;

	limits.deadline_ms += (int64_t)(bytes / MIN_BYTES_PER_S * 1000);
	limits.max_bytes += bytes;
	limits.max_literal = max_literal;
	return limits;
}

/* Answers */

static void set_words(struct imap *imap, const char *text)
{
	buffer_clear(&imap->words);
	text_escape_line(&imap->words, span_trim(span_from(text)));
}

const char *imap_words(struct imap *imap)
{
	return imap->words.size > 0 ? buffer_string(&imap->words) : "(no words)";
}

/* The connection failed: says why, and nothing but closing is left. */
static bool session_failed(struct imap *imap, int result, struct error *err)
{
	const struct error *failure = transport_failure(imap->transport);

	imap->dead = true;
	if (failure->kind != ERROR_NONE) {
		*err = *failure;
		return false;
	}
	if (imap->session->imap_response)
		set_words(imap, imap->session->imap_response);
	if (result == MAILIMAP_ERROR_PROTOCOL)
		return error_set(
			err, ERROR_TEMPORARY, "the server refuses a command: %s", imap_words(imap));
	return error_set(
		err, ERROR_TEMPORARY, "the server's answer can't be understood (error %d)", result);
}

static bool is_refusal(int result)
{
	switch (result) {
	case MAILIMAP_ERROR_CUSTOM_COMMAND:
	case MAILIMAP_ERROR_SELECT:
	case MAILIMAP_ERROR_EXAMINE:
	case MAILIMAP_ERROR_LOGIN:
		return true;
	default:
		return false;
	}
}

/* What libetpan returned as an answer or a failure. */
static bool settle(struct imap *imap, int result, enum imap_answer *answer, struct error *err)
{
	if (result != MAILIMAP_NO_ERROR && !is_refusal(result))
		return session_failed(imap, result, err);
	set_words(imap, imap->session->imap_response ? imap->session->imap_response : "");
	*answer = result == MAILIMAP_NO_ERROR ? IMAP_OK : IMAP_NO;
	return true;
}

/* Sends imap->command and reads to its tagged answer. */
static bool run(struct imap *imap, const struct transport_limits *limits, enum imap_answer *answer,
	struct error *err)
{
	transport_limit(imap->transport, limits);
	return settle(imap, mailimap_custom_command(imap->session, buffer_string(&imap->command)),
		answer, err);
}

static void begin_command(struct imap *imap, const char *words)
{
	buffer_clear(&imap->command);
	buffer_append_string(&imap->command, words);
}

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

static void read_static(const struct mailimap_msg_att_static *item, struct imap_mail *mail)
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
		if (!section || !section->sec_body_part)
			break;
		mail->has_body = true;
		mail->body = (struct span){section->sec_body_part, section->sec_length};
		break;
	default:
		break;
	}
}

static void list_uid(struct imap_uids *uids, uint32_t uid)
{
	if (uid == 0 || uids->count >= MAX_LISTED)
		return;
	if (uids->count == uids->capacity) {
		uids->capacity = uids->capacity ? 2 * uids->capacity : 256;
		uids->items = memory_resize(uids->items, uids->capacity * sizeof(uids->items[0]));
	}
	uids->items[uids->count++] = uid;
}

/* libetpan calls it for every FETCH response, also for those that nobody asked for. */
static void handle_fetch(struct mailimap_msg_att *attributes, void *context)
{
	struct imap *imap = context;
	struct imap_mail mail = {0};

	for (clistiter *at = clist_begin(attributes->att_list); at; at = clist_next(at)) {
		const struct mailimap_msg_att_item *item = clist_content(at);

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
			mail.flags = flags_of(item->att_data.att_dyn);
		else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC &&
			 item->att_data.att_static)
			read_static(item->att_data.att_static, &mail);
	}
	if (imap->listing)
		list_uid(imap->listing, mail.uid);
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
	(void)section;
	/* A second body behind the one that was asked for would be somebody else's. */
	if (imap->given || imap->gave_up)
		return false;
	imap->piece_came = true;
	imap->gave_up = !imap->on_piece(imap->context, (struct span){bytes, size});
	return !imap->gave_up;
}

/* The FETCH handler is called only when a progress callback is set too. */
static void no_progress(size_t current, size_t maximum, void *context)
{
	(void)current;
	(void)maximum;
	(void)context;
}

/* Opening */

static bool word_is(const char *word, const char *wanted)
{
	return word && span_equal_fold(span_from(word), span_from(wanted));
}

static void read_capabilities(struct imap *imap)
{
	const struct mailimap_connection_info *info = imap->session->imap_connection_info;

	imap->has_idle = imap->has_uidplus = imap->has_move = imap->has_sasl_ir = false;
	imap->login_disabled = imap->auth_plain = false;
	if (!info || !info->imap_capability)
		return;
	for (clistiter *at = clist_begin(info->imap_capability->cap_list); at;
		at = clist_next(at)) {
		const struct mailimap_capability *capability = clist_content(at);
		const char *name = capability->cap_data.cap_name;

		if (capability->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE) {
			imap->auth_plain |= word_is(capability->cap_data.cap_auth_type, "PLAIN");
			continue;
		}
		imap->has_idle |= word_is(name, "IDLE");
		imap->has_uidplus |= word_is(name, "UIDPLUS");
		imap->has_move |= word_is(name, "MOVE");
		imap->has_sasl_ir |= word_is(name, "SASL-IR");
		imap->login_disabled |= word_is(name, "LOGINDISABLED");
	}
}

/* What was said before TLS or before the login does not count: it is forgotten and asked anew. */
static bool ask_capabilities(struct imap *imap, struct error *err)
{
	struct mailimap_connection_info *info = imap->session->imap_connection_info;
	enum imap_answer answer;

	if (info && info->imap_capability) {
		mailimap_capability_data_free(info->imap_capability);
		info->imap_capability = NULL;
	}
	begin_command(imap, "CAPABILITY");
	if (!run(imap, &PLAIN_COMMAND, &answer, err))
		return false;
	read_capabilities(imap);
	return true;
}

static bool greet(struct imap *imap, enum server_tls tls, struct error *err)
{
	int result;

	transport_limit(imap->transport, &PLAIN_COMMAND);
	result = mailimap_connect(imap->session, transport_stream(imap->transport));
	if (result == MAILIMAP_NO_ERROR_AUTHENTICATED) {
		imap->dead = true;
		return error_set(err, ERROR_INPUT,
			tls == TLS_STARTTLS
				? "the server says that we are logged in before TLS began: "
				  "somebody may be in between"
				: "the server says that we are logged in already, as nobody we "
				  "know");
	}
	if (result != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return session_failed(imap, result, err);
	return true;
}

static bool start_tls(struct imap *imap, struct error *err)
{
	enum imap_answer answer;

	begin_command(imap, "STARTTLS");
	if (!run(imap, &PLAIN_COMMAND, &answer, err))
		return false;
	imap->dead = true; /* until the handshake is done */
	if (answer == IMAP_NO)
		return error_set(err, ERROR_INPUT,
			"the server refuses STARTTLS (%s): use tls: implicit, or somebody is in "
			"between",
			imap_words(imap));
	if (!transport_start_tls(imap->transport, CONNECT_MS, err))
		return false;
	imap->dead = false;
	return true;
}

/* Logging in */

/* RFC 5530: refusals that have nothing to do with the credentials. */
static bool is_passing_refusal(const struct imap *imap)
{
	static const char *const codes[] = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
	const struct mailimap_response_info *info = imap->session->imap_response_info;

	for (size_t i = 0; info && i < ARRAY_COUNT(codes); i++)
		if (word_is(info->rsp_atom, codes[i]))
			return true;
	return false;
}

static bool send_line(struct imap *imap, struct span line, struct error *err)
{
	mailstream *stream = imap->session->imap_stream;

	if (mailstream_write(stream, line.data, line.size) < 0 ||
		mailstream_write(stream, "\r\n", 2) < 0 || mailstream_flush(stream) < 0)
		return session_failed(imap, MAILIMAP_ERROR_STREAM, err);
	return true;
}

/* One line of the answer into the session's buffer, where libetpan's parser begins. */
static bool read_line(struct imap *imap, struct span *line, struct error *err)
{
	const char *text = mailimap_read_line(imap->session);

	if (!text)
		return session_failed(imap, MAILIMAP_ERROR_STREAM, err);
	*line = (struct span){text, imap->session->imap_stream_buffer->len};
	return true;
}

/* The exchange after AUTHENTICATE: the first "+" asks for the response, a second one says why not.
 */
static bool exchange(struct imap *imap, struct span response, bool sent, struct span on_challenge,
	struct error *err)
{
	for (int round = 0; round < 3; round++) {
		struct span line;

		if (!read_line(imap, &line, err))
			return false;
		if (!span_starts(line, SPAN("+")))
			return true;
		if (!send_line(imap, sent ? on_challenge : response, err))
			return false;
		sent = true;
	}
	imap->dead = true;
	return error_set(err, ERROR_TEMPORARY, "the server asks for credentials without end");
}

/* AUTHENTICATE (RFC 9051 section 6.2.2) with the one response in base64. */
static bool authenticate(struct imap *imap, const char *mechanism, struct span response,
	struct span on_challenge, enum imap_answer *answer, struct error *err)
{
	struct mailimap_response *parsed;
	bool whole = imap->has_sasl_ir;
	int result;

	begin_command(imap, "AUTHENTICATE ");
	buffer_append_string(&imap->command, mechanism);
	if (whole) {
		buffer_append_byte(&imap->command, ' ');
		buffer_append(&imap->command, response);
	}
	transport_limit(imap->transport, &PLAIN_COMMAND);
	if (mailimap_send_current_tag(imap->session) != MAILIMAP_NO_ERROR)
		return session_failed(imap, MAILIMAP_ERROR_STREAM, err);
	if (!send_line(imap, buffer_span(&imap->command), err) ||
		!exchange(imap, response, whole, on_challenge, err))
		return false;
	result = mailimap_parse_response(imap->session, &parsed);
	if (result == MAILIMAP_NO_ERROR) {
		if (parsed->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type !=
			MAILIMAP_RESP_COND_STATE_OK)
			result = MAILIMAP_ERROR_LOGIN;
		mailimap_response_free(parsed);
	}
	return settle(imap, result, answer, err);
}

static bool log_in_plain(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	struct buffer text = {0}, base64 = {0};
	bool ok;

	buffer_append_byte(&text, '\0'); /* RFC 4616: no other identity */
	buffer_append(&text, login->user);
	buffer_append_byte(&text, '\0');
	buffer_append(&text, login->secret);
	base64_append(&base64, buffer_span(&text));
	ok = authenticate(imap, "PLAIN", buffer_span(&base64), SPAN("*"), answer, err);
	OPENSSL_cleanse(text.data, text.capacity);
	OPENSSL_cleanse(base64.data, base64.capacity);
	buffer_done(&text);
	buffer_done(&base64);
	return ok;
}

static bool log_in_password(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	begin_command(imap, "LOGIN ");
	if (imap->login_disabled || !imap_text_quote(&imap->command, login->user)) {
		if (imap->auth_plain)
			return log_in_plain(imap, login, answer, err);
		return error_set(err, ERROR_INPUT,
			"the server takes no passwords (LOGINDISABLED): set auth: xoauth2 or "
			"oauthbearer");
	}
	buffer_append_byte(&imap->command, ' ');
	if (imap_text_quote(&imap->command, login->secret))
		return run(imap, &PLAIN_COMMAND, answer, err);
	if (imap->auth_plain)
		return log_in_plain(imap, login, answer, err);
	return error_set(err, ERROR_INPUT,
		"the password holds characters that this server can't take; choose one of ASCII");
}

/* XOAUTH2 (Google, Microsoft) and OAUTHBEARER (RFC 7628). */
static bool log_in_token(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	bool bearer = login->auth == AUTH_OAUTHBEARER;
	struct buffer text = {0}, base64 = {0};
	bool ok;

	if (bearer)
		buffer_format(&text, "n,a=%.*s,\1host=%.*s\1port=%u\1auth=Bearer %.*s\1\1",
			SPAN_ARG(login->user), SPAN_ARG(login->host), login->port,
			SPAN_ARG(login->secret));
	else
		buffer_format(&text, "user=%.*s\1auth=Bearer %.*s\1\1", SPAN_ARG(login->user),
			SPAN_ARG(login->secret));
	base64_append(&base64, buffer_span(&text));
	/* A challenge is the server's error: it is answered by ^A (RFC 7628), or by nothing. */
	ok = authenticate(imap, bearer ? "OAUTHBEARER" : "XOAUTH2", buffer_span(&base64),
		bearer ? SPAN("AQ==") : SPAN(""), answer, err);
	OPENSSL_cleanse(text.data, text.capacity);
	OPENSSL_cleanse(base64.data, base64.capacity);
	buffer_done(&text);
	buffer_done(&base64);
	return ok;
}

static bool log_in(struct imap *imap, const struct imap_login *login, struct error *err)
{
	enum imap_answer answer;
	bool ok;

	ok = login->auth == AUTH_PASSWORD ? log_in_password(imap, login, &answer, err)
					  : log_in_token(imap, login, &answer, err);
	OPENSSL_cleanse(imap->command.data, imap->command.capacity);
	if (!ok)
		return false;
	if (answer == IMAP_OK) {
		imap->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
		return true;
	}
	if (is_passing_refusal(imap))
		return error_set(err, ERROR_TEMPORARY, "the server takes no login now: %s",
			imap_words(imap));
	return error_set(err, ERROR_AUTH, "the server refuses the login of %.*s: %s",
		SPAN_ARG(login->user), imap_words(imap));
}

static bool open_session(struct imap *imap, const struct imap_login *login, struct error *err)
{
	if (!greet(imap, login->tls, err))
		return false;
	if (login->tls == TLS_STARTTLS && !start_tls(imap, err))
		return false;
	if (login->tls != TLS_NONE && !transport_is_encrypted(imap->transport))
		return error_set(err, ERROR_BUG, "a login without TLS");
	return ask_capabilities(imap, err) && log_in(imap, login, err) &&
	       ask_capabilities(imap, err);
}

bool imap_open(const struct imap_login *login, struct imap **imap, struct error *err)
{
	struct imap *made;
	struct transport *transport;

	if (!transport_open(login->trust, login->host, login->port, login->tls, CONNECT_MS,
		    &transport, err))
		return false;
	transport_set_tick(transport, login->tick, login->tick_context);
	made = memory_alloc(sizeof(*made));
	*made = (struct imap){.transport = transport, .session = mailimap_new(0, NULL)};
	if (!made->session)
		memory_exhausted();
	mailimap_set_progress_callback(made->session, no_progress, no_progress, NULL);
	mailimap_set_msg_att_handler(made->session, handle_fetch, made);
	if (!open_session(made, login, err)) {
		if (err->kind != ERROR_AUTH)
			error_context(err, "%.*s:%u", SPAN_ARG(login->host), login->port);
		imap_close(made);
		return false;
	}
	*imap = made;
	return true;
}

void imap_close(struct imap *imap)
{
	struct transport_limits limits = PLAIN_COMMAND;

	if (!imap)
		return;
	if (imap->session->imap_stream && imap->dead) {
		/* mailimap_free would say LOGOUT and wait */
		mailstream_close(imap->session->imap_stream);
		imap->session->imap_stream = NULL;
	}
	limits.deadline_ms = LOGOUT_MS;
	transport_limit(imap->transport, &limits);
	mailimap_free(imap->session);
	transport_free(imap->transport);
	buffer_done(&imap->command);
	buffer_done(&imap->words);
	free(imap);
}

bool imap_has_idle(const struct imap *imap)
{
	return imap->has_idle;
}

bool imap_has_uidplus(const struct imap *imap)
{
	return imap->has_uidplus;
}

bool imap_has_move(const struct imap *imap)
{
	return imap->has_move;
}

/* Folders and lists */

static bool folder_command(struct imap *imap, const char *words, struct span name)
{
	begin_command(imap, words);
	return imap_text_folder(&imap->command, name);
}

static bool no_such_name(struct imap *imap, enum imap_answer *answer)
{
	set_words(imap, "no folder can have this name");
	*answer = IMAP_NO;
	return true;
}

/* libetpan quotes the name by itself, but takes it in modified UTF-7. */
static bool encode_name(struct imap *imap, struct span name, struct buffer *out)
{
	struct span quoted;

	if (!folder_command(imap, "", name))
		return false;
	quoted = buffer_span(&imap->command);
	for (size_t i = 1; i + 1 < quoted.size; i++) {
		if (quoted.data[i] == '\\')
			i++;
		buffer_append_byte(out, quoted.data[i]);
	}
	return true;
}

bool imap_select(struct imap *imap, struct span name, bool read_only, struct imap_folder *folder,
	enum imap_answer *answer, struct error *err)
{
	const struct mailimap_selection_info *info;
	struct buffer encoded = {0};
	int result;

	*folder = (struct imap_folder){0};
	if (!encode_name(imap, name, &encoded))
		return no_such_name(imap, answer);
	transport_limit(imap->transport, &PLAIN_COMMAND);
	result = read_only ? mailimap_examine(imap->session, buffer_string(&encoded))
			   : mailimap_select(imap->session, buffer_string(&encoded));
	buffer_done(&encoded);
	if (!settle(imap, result, answer, err))
		return false;
	info = imap->session->imap_selection_info;
	if (*answer == IMAP_NO || !info)
		return true;
	folder->uidvalidity = info->sel_uidvalidity;
	folder->uidnext = info->sel_uidnext;
	folder->exists = info->sel_exists;
	folder->read_only = read_only || info->sel_perm == MAILIMAP_MAILBOX_READONLY;
	if (folder->uidvalidity == 0) {
		set_words(imap, "the server gives no UIDVALIDITY: its UIDs can't be relied on");
		*answer = IMAP_NO;
	}
	return true;
}

uint32_t imap_exists(const struct imap *imap)
{
	const struct mailimap_selection_info *info = imap->session->imap_selection_info;

	return info ? info->sel_exists : 0;
}

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

/* Rising, without repetition, within [first, last]: "n:*" also names the last message below n. */
static void tidy(struct imap_uids *uids, uint32_t first, uint32_t last)
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

	if (bytes > MAX_LISTED * LIST_LINE_BYTES)
		bytes = MAX_LISTED * LIST_LINE_BYTES;
	limits = limits_for(bytes, MAX_ANSWER);
	begin_command(imap, "UID FETCH ");
	buffer_format(&imap->command, "%u:", first);
	if (last > 0)
		buffer_format(&imap->command, "%u (UID)", last);
	else
		buffer_append_string(&imap->command, "* (UID)");
	uids->count = 0;
	imap->listing = uids;
	ok = run(imap, &limits, answer, err);
	imap->listing = NULL;
	tidy(uids, first, last);
	return ok;
}

/* The numbers that SEARCH brought. */
static void take_search_result(struct imap *imap, struct imap_uids *uids)
{
	const struct mailimap_response_info *info = imap->session->imap_response_info;

	uids->count = 0;
	if (!info || !info->rsp_search_result)
		return;
	for (clistiter *at = clist_begin(info->rsp_search_result); at; at = clist_next(at))
		list_uid(uids, *(const uint32_t *)clist_content(at));
	tidy(uids, 1, 0);
}

bool imap_find(struct imap *imap, struct span message_id, uint32_t uid, struct imap_uids *uids,
	enum imap_answer *answer, struct error *err)
{
	uids->count = 0;
	begin_command(imap, "UID SEARCH ");
	if (uid > 0)
		buffer_format(&imap->command, "UID %u ", uid);
	buffer_append_string(&imap->command, "HEADER Message-ID ");
	if (span_is_empty(message_id) || !imap_text_quote(&imap->command, message_id)) {
		set_words(imap, "this Message-ID can't be searched for");
		*answer = IMAP_NO;
		return true;
	}
	if (!run(imap, &PLAIN_COMMAND, answer, err))
		return false;
	if (*answer == IMAP_OK)
		take_search_result(imap, uids);
	return true;
}

bool imap_count_since(struct imap *imap, struct date day, uint64_t *count, enum imap_answer *answer,
	struct error *err)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct imap_uids uids = {0};

	begin_command(imap, "UID SEARCH SINCE ");
	buffer_format(&imap->command, "%d-%s-%04d", day.day, months[day.month - 1], day.year);
	if (!run(imap, &PLAIN_COMMAND, answer, err))
		return false;
	take_search_result(imap, &uids);
	*count = uids.count;
	imap_uids_done(&uids);
	return true;
}

/* Fetching */

static void begin_fetch(struct imap *imap, const uint32_t *uids, size_t count, const char *items)
{
	begin_command(imap, "UID FETCH ");
	imap_text_uids(&imap->command, uids, count);
	buffer_append_string(&imap->command, items);
}

static bool run_fetch(struct imap *imap, const struct transport_limits *limits,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	bool ok;

	imap->on_mail = handler;
	imap->context = context;
	ok = run(imap, limits, answer, err);
	imap->on_mail = NULL;
	return ok;
}

bool imap_fetch_info(struct imap *imap, const uint32_t *uids, size_t count,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	struct transport_limits limits = limits_for(1024 * count, MAX_ANSWER);

	begin_fetch(imap, uids, count, " (UID RFC822.SIZE INTERNALDATE FLAGS)");
	return run_fetch(imap, &limits, handler, context, answer, err);
}

bool imap_fetch_mails(struct imap *imap, const uint32_t *uids, size_t count, uint64_t max_literal,
	uint64_t max_bytes, imap_mail_handler *handler, void *context, enum imap_answer *answer,
	struct error *err)
{
	struct transport_limits limits = limits_for(max_bytes + 1024 * count, max_literal);

	begin_fetch(imap, uids, count, " (UID BODY.PEEK[])");
	return run_fetch(imap, &limits, handler, context, answer, err);
}

bool imap_fetch_header(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_mail_handler *handler, void *context, enum imap_answer *answer, struct error *err)
{
	struct transport_limits limits = limits_for(max_bytes, max_bytes);

	begin_fetch(imap, &uid, 1, " (UID BODY.PEEK[HEADER])");
	return run_fetch(imap, &limits, handler, context, answer, err);
}

bool imap_fetch_pieces(struct imap *imap, uint32_t uid, uint64_t max_bytes,
	imap_piece_handler *handler, void *context, bool *given, struct error *err)
{
	struct transport_limits limits = limits_for(max_bytes, max_bytes);
	enum imap_answer answer;
	bool ok;

	imap->on_piece = handler;
	imap->context = context;
	imap->wanted_uid = uid;
	imap->given = imap->piece_came = imap->gave_up = false;
	mailimap_set_msg_body_handler(imap->session, handle_piece, imap);
	begin_fetch(imap, &uid, 1, " (UID BODY.PEEK[])");
	ok = run(imap, &limits, &answer, err);
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

/* Acting */

bool imap_add_flag(struct imap *imap, const uint32_t *uids, size_t count, const char *flag,
	enum imap_answer *answer, struct error *err)
{
	begin_command(imap, "UID STORE ");
	imap_text_uids(&imap->command, uids, count);
	buffer_format(&imap->command, " +FLAGS.SILENT (%s)", flag);
	return run(imap, &PLAIN_COMMAND, answer, err);
}

static bool transfer(struct imap *imap, const char *verb, uint32_t uid, struct span target,
	enum imap_answer *answer, struct error *err)
{
	begin_command(imap, "UID ");
	buffer_format(&imap->command, "%s %u ", verb, uid);
	if (!imap_text_folder(&imap->command, target))
		return no_such_name(imap, answer);
	return run(imap, &PLAIN_COMMAND, answer, err);
}

bool imap_copy(struct imap *imap, uint32_t uid, struct span target, enum imap_answer *answer,
	struct error *err)
{
	return transfer(imap, "COPY", uid, target, answer, err);
}

bool imap_move(struct imap *imap, uint32_t uid, struct span target, enum imap_answer *answer,
	struct error *err)
{
	return transfer(imap, "MOVE", uid, target, answer, err);
}

bool imap_expunge(struct imap *imap, uint32_t uid, enum imap_answer *answer, struct error *err)
{
	if (!imap->has_uidplus)
		return error_set(err, ERROR_BUG, "an EXPUNGE without UIDPLUS");
	begin_command(imap, "UID EXPUNGE ");
	buffer_format(&imap->command, "%u", uid);
	return run(imap, &PLAIN_COMMAND, answer, err);
}

/* IDLE: libetpan's own fails when "* n EXISTS" comes before "+". */

static void note_line(struct imap *imap, struct span line)
{
	size_t i = 2;

	if (!span_starts(line, SPAN("* ")))
		return;
	while (i < line.size && line.data[i] >= '0' && line.data[i] <= '9')
		i++;
	imap->idle_news |= span_starts_fold(span_after(line, i), SPAN(" EXISTS"));
}

bool imap_idle_begin(struct imap *imap, bool *started, struct error *err)
{
	struct span line;

	*started = false;
	imap->idle_news = false;
	transport_limit(imap->transport, &PLAIN_COMMAND);
	if (mailimap_send_current_tag(imap->session) != MAILIMAP_NO_ERROR)
		return session_failed(imap, MAILIMAP_ERROR_STREAM, err);
	if (!send_line(imap, SPAN("IDLE"), err))
		return false;
	do {
		if (!read_line(imap, &line, err))
			return false;
		note_line(imap, line);
	} while (span_starts(line, SPAN("*")));
	*started = span_starts(line, SPAN("+"));
	return true;
}

/* Takes the lines that are here already. */
static bool drain_idle(struct imap *imap, struct error *err)
{
	while (!transport_is_drained(imap->transport)) {
		struct span line;

		transport_limit(imap->transport, &PLAIN_COMMAND);
		if (!read_line(imap, &line, err))
			return false;
		note_line(imap, line);
	}
	return true;
}

bool imap_idle_wait(struct imap *imap, const int *descriptors, size_t count, int64_t timeout_ms,
	enum imap_idle_event *event, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;
	struct pollfd waits[8];

	if (count > ARRAY_COUNT(waits) - 1)
		return error_set(err, ERROR_BUG, "too many descriptors to wait for");
	for (;;) {
		int64_t left_ms = until_ms - clock_monotonic_ms();
		bool other = false;

		if (!drain_idle(imap, err))
			return false;
		if (imap->idle_news) {
			*event = IDLE_NEWS;
			return true;
		}
		waits[0] = (struct pollfd){transport_descriptor(imap->transport), POLLIN, 0};
		for (size_t i = 0; i < count; i++)
			waits[i + 1] = (struct pollfd){descriptors[i], POLLIN, 0};
		if (poll(waits, (nfds_t)count + 1, left_ms > 0 ? (int)left_ms : 0) < 0 &&
			errno != EINTR)
			return error_set_errno(err, ERROR_TEMPORARY, errno, "waiting in IDLE");
		for (size_t i = 0; i < count; i++)
			other |= waits[i + 1].revents != 0;
		if (waits[0].revents != 0) {
			struct span line;

			transport_limit(imap->transport, &PLAIN_COMMAND);
			if (!read_line(imap, &line, err))
				return false;
			note_line(imap, line);
			continue;
		}
		if (other || left_ms <= 0) {
			*event = other ? IDLE_DESCRIPTOR : IDLE_TIMEOUT;
			return true;
		}
	}
}

bool imap_idle_end(struct imap *imap, bool *news, struct error *err)
{
	struct span line;

	transport_limit(imap->transport, &PLAIN_COMMAND);
	if (!send_line(imap, SPAN("DONE"), err))
		return false;
	do {
		if (!read_line(imap, &line, err))
			return false;
		note_line(imap, line);
	} while (span_starts(line, SPAN("*")));
	*news = imap->idle_news;
	imap->idle_news = false;
	return true;
}
