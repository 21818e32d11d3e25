/*
 * Opening a folder: the ledger hears which it is, and answers with its cursor.
 */
#include <stdio.h>

#include "base/log.h"
#include "daemon/reader_state.h"

static bool tell_missing(struct reader *reader, struct reader_folder *folder, struct error *err)
{
	struct wire_state state = {
		.state = READER_FOLDER,
		.error = ERROR_INPUT,
		.folder = folder->name,
		.waits_for = SPAN("the folder"),
	};

	if (folder->missing[0])
		return true;
	snprintf(folder->missing, sizeof(folder->missing), "the folder %.*s can't be opened: %s",
		SPAN_ARG(folder->name), imap_words(reader->imap));
	state.text = span_from(folder->missing);
	return link_state(reader, &state, err);
}

static bool tell_found(struct reader *reader, struct reader_folder *folder, struct error *err)
{
	struct wire_state state = {.state = READER_FOLDER, .folder = folder->name};

	if (!folder->missing[0])
		return true;
	folder->missing[0] = '\0';
	return link_state(reader, &state, err);
}

bool fetch_open(struct reader *reader, size_t index, bool read_only, bool *open, struct error *err)
{
	struct reader_folder *folder = &reader->folders[index];
	struct imap_folder opened;
	struct wire_folder wire;
	enum imap_answer answer;

	*open = false;
	reader->selected = NO_FOLDER;
	if (!link_wait_window(reader, 0, err) ||
		!imap_select(reader->imap, folder->name, read_only, &opened, &answer, err))
		return false;
	if (answer == IMAP_NO)
		return tell_missing(reader, folder, err);
	if (!tell_found(reader, folder, err))
		return false;
	wire = (struct wire_folder){
		folder->name, opened.uidvalidity, opened.uidnext, opened.exists};
	if (!link_open_folder(reader, &wire, err))
		return false;
	if (reader->cursor_uidvalidity && reader->cursor_uidvalidity != opened.uidvalidity)
		log_event(LOG_LEVEL_NOTICE, "uidvalidity-changed", log_text("folder", folder->name),
			log_number("before", reader->cursor_uidvalidity),
			log_number("now", opened.uidvalidity));
	folder->uidvalidity = opened.uidvalidity;
	folder->uidnext = opened.uidnext;
	folder->last_uid =
		reader->cursor_uidvalidity == opened.uidvalidity ? reader->cursor_last_uid : 0;
	reader->selected = index;
	reader->selected_read_only = opened.read_only;
	*open = true;
	return true;
}
