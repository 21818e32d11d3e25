#include "daemon/imap_session.h"

#include <errno.h>
#include <libetpan/mailstream.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/text.h"
#include "daemon/imap_text.h"

#define MAX_UNTAGGED 2000

struct transport_limits imap_limits_for(
	const struct imap *imap, uint64_t bytes, uint64_t max_literal)
{
	return (struct transport_limits){
		.deadline_ms = imap->answer_ms,
		.max_bytes = IMAP_ANSWER_MAX + bytes,
		.max_line_bytes = IMAP_ANSWER_MAX,
		.max_literal = max_literal,
		.max_untagged = MAX_UNTAGGED,
	};
}

void imap_limit_plain(struct imap *imap, const char *doing)
{
	struct transport_limits limits = imap_limits_for(imap, 0, IMAP_ANSWER_MAX);

	imap->doing = doing;
	transport_limit(imap->transport, &limits);
}

/* Answers */

void imap_set_words(struct imap *imap, const char *text)
{
	buffer_clear(&imap->words);
	text_escape_line(&imap->words, span_trim(span_from(text)));
}

const char *imap_words(struct imap *imap)
{
	return imap->words.size > 0 ? buffer_string(&imap->words) : "(no words)";
}

/* The connection failed: says why, and nothing but closing is left. */
bool imap_failed(struct imap *imap, int result, struct error *err)
{
	const struct error *failure = transport_failure(imap->transport);

	imap->dead = true;
	if (imap->session->imap_response)
		imap_set_words(imap, imap->session->imap_response);
	if (failure->kind != ERROR_NONE)
		*err = *failure;
	else if (result == MAILIMAP_ERROR_PROTOCOL)
		error_set(err, ERROR_TEMPORARY,
			"the server refuses the command, or answers another one: %s",
			imap_words(imap));
	else
		error_set(err, ERROR_INPUT,
			"the server's answer can't be understood; if it stays so, ask the server's "
			"administrator");
	return error_context(err, "%.*s", SPAN_ARG(span_trim(span_from(imap->doing))));
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
bool imap_settle(struct imap *imap, int result, enum imap_answer *answer, struct error *err)
{
	if (result != MAILIMAP_NO_ERROR && !is_refusal(result))
		return imap_failed(imap, result, err);
	imap_set_words(imap, imap->session->imap_response ? imap->session->imap_response : "");
	*answer = result == MAILIMAP_NO_ERROR ? IMAP_OK : IMAP_NO;
	imap->refused = *answer == IMAP_NO;
	return true;
}

void imap_begin(struct imap *imap, const char *words)
{
	imap->doing = words;
	buffer_clear(&imap->command);
	buffer_append_string(&imap->command, words);
}

bool imap_was_refused(const struct imap *imap)
{
	return imap->refused;
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

bool imap_send_line(struct imap *imap, struct span line, struct error *err)
{
	mailstream *stream = imap->session->imap_stream;

	if (mailstream_write(stream, line.data, line.size) < 0 ||
		mailstream_write(stream, "\r\n", 2) < 0 || mailstream_flush(stream) < 0)
		return imap_failed(imap, MAILIMAP_ERROR_STREAM, err);
	return true;
}

/* One line of the answer into the session's buffer, where libetpan's parser begins. */
bool imap_read_line(struct imap *imap, struct span *line, struct error *err)
{
	const char *text = mailimap_read_line(imap->session);

	if (!text)
		return imap_failed(imap, MAILIMAP_ERROR_STREAM, err);
	*line = (struct span){text, imap->session->imap_stream_buffer->len};
	return true;
}

bool imap_send_command(struct imap *imap, struct span command, struct error *err)
{
	if (mailimap_send_current_tag(imap->session) != MAILIMAP_NO_ERROR)
		return imap_failed(imap, MAILIMAP_ERROR_STREAM, err);
	return imap_send_line(imap, command, err);
}

bool imap_read_answer(struct imap *imap, enum imap_answer *answer, struct error *err)
{
	struct mailimap_response *response;
	int result = mailimap_parse_response(imap->session, &response);

	if (result == MAILIMAP_NO_ERROR) {
		if (response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type !=
			MAILIMAP_RESP_COND_STATE_OK)
			result = MAILIMAP_ERROR_CUSTOM_COMMAND;
		mailimap_response_free(response);
	}
	return imap_settle(imap, result, answer, err);
}

bool imap_run(struct imap *imap, const struct transport_limits *limits, enum imap_answer *answer,
	struct error *err)
{
	struct span line;

	transport_limit(imap->transport, limits);
	return imap_send_command(imap, buffer_span(&imap->command), err) &&
	       imap_read_line(imap, &line, err) && imap_read_answer(imap, answer, err);
}

bool imap_run_plain(struct imap *imap, enum imap_answer *answer, struct error *err)
{
	struct transport_limits limits = imap_limits_for(imap, 0, IMAP_ANSWER_MAX);

	return imap_run(imap, &limits, answer, err);
}

/* Folders and lists */

static bool folder_command(struct imap *imap, const char *words, struct span name)
{
	imap_begin(imap, words);
	return imap_text_folder(&imap->command, name);
}

static bool no_such_name(struct imap *imap, enum imap_answer *answer)
{
	imap_set_words(imap, "no folder can have this name");
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
	imap_limit_plain(imap, read_only ? "EXAMINE" : "IMAP SELECT");
	result = read_only ? mailimap_examine(imap->session, buffer_string(&encoded))
			   : mailimap_select(imap->session, buffer_string(&encoded));
	buffer_done(&encoded);
	if (!imap_settle(imap, result, answer, err))
		return false;
	info = imap->session->imap_selection_info;
	if (*answer == IMAP_NO || !info)
		return true;
	folder->uidvalidity = info->sel_uidvalidity;
	folder->uidnext = info->sel_uidnext;
	folder->exists = info->sel_exists;
	folder->read_only = read_only || info->sel_perm == MAILIMAP_MAILBOX_READONLY;
	if (folder->uidvalidity == 0) {
		imap_set_words(
			imap, "the server gives no UIDVALIDITY: its UIDs can't be relied on");
		*answer = IMAP_NO;
	}
	return true;
}

uint32_t imap_exists(const struct imap *imap)
{
	const struct mailimap_selection_info *info = imap->session->imap_selection_info;

	return info ? info->sel_exists : 0;
}

/* The numbers that SEARCH brought. */
static void take_search_result(struct imap *imap, struct imap_uids *uids)
{
	const struct mailimap_response_info *info = imap->session->imap_response_info;

	uids->count = 0;
	if (!info || !info->rsp_search_result)
		return;
	for (clistiter *at = clist_begin(info->rsp_search_result); at; at = clist_next(at))
		imap_uids_add(uids, *(const uint32_t *)clist_content(at));
	imap_uids_tidy(uids, 1, 0);
}

bool imap_find(struct imap *imap, struct span message_id, uint32_t uid, struct imap_uids *uids,
	enum imap_answer *answer, struct error *err)
{
	uids->count = 0;
	imap_begin(imap, "UID SEARCH ");
	if (uid > 0)
		buffer_format(&imap->command, "UID %u ", uid);
	buffer_append_string(&imap->command, "HEADER Message-ID ");
	if (span_is_empty(message_id) || !imap_text_quote(&imap->command, message_id)) {
		imap_set_words(imap, "this Message-ID can't be searched for");
		*answer = IMAP_NO;
		return true;
	}
	if (!imap_run_plain(imap, answer, err))
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

	imap_begin(imap, "UID SEARCH SINCE ");
	buffer_format(&imap->command, "%d-%s-%04d", day.day, months[day.month - 1], day.year);
	if (!imap_run_plain(imap, answer, err))
		return false;
	take_search_result(imap, &uids);
	*count = uids.count;
	imap_uids_done(&uids);
	return true;
}

/* Acting */

bool imap_add_flag(struct imap *imap, const uint32_t *uids, size_t count, const char *flag,
	enum imap_answer *answer, struct error *err)
{
	imap_begin(imap, "UID STORE ");
	imap_text_uids(&imap->command, uids, count);
	buffer_format(&imap->command, " +FLAGS.SILENT (%s)", flag);
	return imap_run_plain(imap, answer, err);
}

static bool transfer(struct imap *imap, const char *verb, uint32_t uid, struct span target,
	enum imap_answer *answer, struct error *err)
{
	imap_begin(imap, "UID ");
	imap->doing = verb;
	buffer_format(&imap->command, "%s %u ", verb, uid);
	if (!imap_text_folder(&imap->command, target))
		return no_such_name(imap, answer);
	return imap_run_plain(imap, answer, err);
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
	imap_begin(imap, "UID EXPUNGE ");
	buffer_format(&imap->command, "%u", uid);
	return imap_run_plain(imap, answer, err);
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

/* The line ends our command; what is neither that nor "*" or "+" is no protocol. */
static bool check_tag(struct imap *imap, struct span line, struct error *err)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "%d ", imap->session->imap_tag);
	return span_starts(line, span_from(tag)) || imap_failed(imap, MAILIMAP_ERROR_PARSE, err);
}

bool imap_idle_begin(struct imap *imap, bool *started, struct error *err)
{
	struct span line;

	*started = false;
	imap->idle_news = false;
	imap_limit_plain(imap, "IDLE");
	if (!imap_send_command(imap, SPAN("IDLE"), err))
		return false;
	do {
		if (!imap_read_line(imap, &line, err))
			return false;
		note_line(imap, line);
	} while (span_starts(line, SPAN("*")));
	*started = span_starts(line, SPAN("+"));
	return *started || check_tag(imap, line, err);
}

/* Takes the lines that are here already. */
static bool drain_idle(struct imap *imap, struct error *err)
{
	while (!transport_is_drained(imap->transport)) {
		struct span line;

		imap_limit_plain(imap, "IDLE");
		if (!imap_read_line(imap, &line, err))
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

			imap_limit_plain(imap, "IDLE");
			if (!imap_read_line(imap, &line, err))
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

	imap_limit_plain(imap, "DONE (of IDLE)");
	if (!imap_send_line(imap, SPAN("DONE"), err))
		return false;
	do {
		if (!imap_read_line(imap, &line, err))
			return false;
		note_line(imap, line);
	} while (span_starts(line, SPAN("*")));
	*news = imap->idle_news;
	imap->idle_news = false;
	return check_tag(imap, line, err);
}
