/* `postroomd --check` and `postroom mailbox preview`: looking at a mailbox without fetching. */
#include <stdio.h>

#include "daemon/reader.h"
#include "daemon/reader_state.h"

static bool connect_once(const struct wire_start *start, struct transport_trust **trust,
	struct imap **imap, struct error *err)
{
	struct imap_login login = {
		.host = start->host,
		.port = start->port,
		.tls = start->tls,
		.timeout_ms = start->timeout_ms,
		.user = start->user,
		.auth = start->auth,
		.secret = start->secret,
	};

	if (!transport_trust_new(start->ca_file, start->pinned_key, trust, err))
		return false;
	login.trust = *trust;
	if (imap_open(&login, imap, err))
		return true;
	transport_trust_free(*trust);
	return false;
}

static bool check_folder(struct imap *imap, struct span name, bool act, struct error *err)
{
	struct imap_folder folder;
	enum imap_answer answer;

	if (!imap_select(imap, name, !act, &folder, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return error_set(err, ERROR_INPUT, "the folder %.*s can't be opened: %s",
			SPAN_ARG(name), imap_words(imap));
	if (act && folder.read_only)
		return error_set(err, ERROR_INPUT,
			"the folder %.*s is read-only for this user: use action: keep",
			SPAN_ARG(name));
	return true;
}

static bool check_target(struct imap *imap, struct span name, struct error *err)
{
	struct imap_folder folder;
	enum imap_answer answer;

	if (!imap_select(imap, name, true, &folder, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return error_set(err, ERROR_INPUT,
			"the folder %.*s, where mail is to be moved, can't be opened: %s",
			SPAN_ARG(name), imap_words(imap));
	return true;
}

bool reader_check(const struct wire_start *start, struct error *err)
{
	struct transport_trust *trust;
	struct imap *imap;
	bool ok;

	if (!connect_once(start, &trust, &imap, err))
		return false;
	ok = start->action != ACTION_MOVE || check_target(imap, start->action_folder, err);
	for (size_t i = 0; ok && i < start->folder_count; i++)
		ok = check_folder(imap, start->folders[i], start->action != ACTION_KEEP, err);
	imap_close(imap);
	transport_trust_free(trust);
	return ok;
}

static void add_size(void *context, const struct imap_mail *mail)
{
	struct reader_preview *preview = context;

	if (mail->has_size)
		preview->bytes += mail->size;
}

static bool preview_sizes(struct imap *imap, struct reader_preview *preview, struct error *err)
{
	struct imap_uids uids = {0};
	enum imap_answer answer;
	bool ok = imap_list(imap, 1, 0, &uids, &answer, err);

	for (size_t from = 0; ok && from < uids.count;) {
		size_t count = uids.count - from < 1000 ? uids.count - from : 1000;

		ok = imap_fetch_info(
			imap, uids.items + from, count, add_size, preview, &answer, err);
		from += count;
	}
	preview->messages = uids.count;
	imap_uids_done(&uids);
	return ok;
}

static bool preview_folder(
	struct imap *imap, struct date since, struct reader_preview *preview, struct error *err)
{
	struct imap_folder folder;
	enum imap_answer answer;

	if (!imap_select(imap, preview->folder, true, &folder, &answer, err))
		return false;
	preview->found = answer == IMAP_OK;
	if (!preview->found) {
		snprintf(preview->text, sizeof(preview->text), "%s", imap_words(imap));
		return true;
	}
	if (!preview_sizes(imap, preview, err))
		return false;
	preview->since = preview->messages;
	return !date_is_set(since) || imap_count_since(imap, since, &preview->since, &answer, err);
}

bool reader_preview(const struct wire_start *start, struct date since,
	struct reader_preview *previews, struct error *err)
{
	struct transport_trust *trust;
	struct imap *imap;
	bool ok = true;

	if (!connect_once(start, &trust, &imap, err))
		return false;
	for (size_t i = 0; ok && i < start->folder_count; i++) {
		previews[i] = (struct reader_preview){.folder = start->folders[i]};
		ok = preview_folder(imap, since, &previews[i], err);
	}
	imap_close(imap);
	transport_trust_free(trust);
	return ok;
}
