#include "ingest/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

/* A "From " line is far shorter; longer lines are taken in pieces. */
#define BLOCK_BYTES ((size_t)64 * 1024)
/* Longer than any "From " line. */
#define LINE_BYTES ((size_t)1000)

struct mbox {
	int file;
	char *path;
	char block[BLOCK_BYTES];
	size_t start, end; /* what is left of the block */
	int64_t position;  /* of block[start] in the file */
	bool ended;
	bool line_open;	  /* the last piece had no line end */
	bool after_empty; /* the line before was empty, or there was none */
	bool pending;	  /* a boundary was read: the next mail begins */
	int64_t boundary; /* where it stood */
	struct buffer mail;
};

bool mbox_open(const char *path, struct mbox **mbox, struct error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "open %s", path);
	struct mbox *made = memory_alloc(sizeof(*made));
	made->file = file;
	made->path = memory_string(path);
	made->start = made->end = 0;
	made->position = made->boundary = 0;
	made->ended = made->line_open = made->pending = false;
	made->after_empty = true;
	buffer_init(&made->mail, 0);
	*mbox = made;
	return true;
}

void mbox_close(struct mbox *mbox)
{
	if (!mbox)
		return;
	close(mbox->file);
	buffer_done(&mbox->mail);
	free(mbox->path);
	free(mbox);
}

int64_t mbox_position(const struct mbox *mbox)
{
	return mbox->position;
}

static bool fill(struct mbox *mbox, struct error *err)
{
	memmove(mbox->block, mbox->block + mbox->start, mbox->end - mbox->start);
	mbox->end -= mbox->start;
	mbox->start = 0;
	while (!mbox->ended && mbox->end < BLOCK_BYTES) {
		ssize_t got = read(mbox->file, mbox->block + mbox->end, BLOCK_BYTES - mbox->end);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, ERROR_INPUT, errno, "read %s", mbox->path);
		mbox->ended = got == 0;
		mbox->end += (size_t)got;
	}
	return true;
}

/* The next line with its end, or a piece of one that is longer than a block. Empty at the end. */
static bool piece_next(struct mbox *mbox, struct span *piece, struct error *err)
{
	struct span left = {mbox->block + mbox->start, mbox->end - mbox->start};
	ptrdiff_t newline = span_find_byte(left, '\n');
	if (newline < 0) {
		if (!fill(mbox, err))
			return false;
		left = (struct span){mbox->block, mbox->end};
		newline = span_find_byte(left, '\n');
	}
	*piece = newline < 0 ? left : span_part(left, 0, (size_t)newline + 1);
	mbox->start += piece->size;
	mbox->position += (int64_t)piece->size;
	return true;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* "hh:mm" and a year of four digits stand in every variant of the date. */
static bool has_date(struct span line)
{
	bool time = false, year = false;
	for (size_t i = 0; i + 4 < line.size; i++) {
		const char *at = line.data + i;
		time = time || (is_digit(at[0]) && at[1] == ':' && is_digit(at[2]));
		year = year || (at[0] == ' ' && (at[1] == '1' || at[1] == '2') && is_digit(at[2]) &&
				       is_digit(at[3]) && is_digit(at[4]));
	}
	return time && year;
}

static bool is_boundary(struct span line)
{
	return span_starts(line, SPAN("From ")) && line.size < LINE_BYTES && has_date(line);
}

/* "From - " and "From 123@xxx": some programs leave the date out. */
static bool may_be_boundary(struct span line)
{
	struct span rest = span_trim(span_after(line, 5));
	return span_starts(line, SPAN("From ")) && line.size < LINE_BYTES &&
	       span_find_byte(rest, ' ') < 0 &&
	       (span_equal(rest, SPAN("-")) || span_find_byte(rest, '@') > 0);
}

static bool begins_with_field(struct span bytes)
{
	size_t name = 0;
	while (name < bytes.size && bytes.data[name] > ' ' && bytes.data[name] <= '~' &&
		bytes.data[name] != ':')
		name++;
	return name > 0 && name < bytes.size && bytes.data[name] == ':';
}

bool mbox_is_start(struct span bytes)
{
	struct span line;
	while (bytes.size && (bytes.data[0] == '\n' || bytes.data[0] == '\r'))
		bytes = span_after(bytes, 1);
	return span_next_line(&bytes, &line) &&
	       (is_boundary(line) || (may_be_boundary(line) && begins_with_field(bytes)));
}

/*
 * Without a date, or without an empty line before it (programs that count on Content-Length write
 * none), the line counts when a header follows. Looking there can move the block, so the
 * line is kept in `copy` and *line points there afterwards.
 */
static bool boundary_follows(struct mbox *mbox, struct span *line, char copy[static LINE_BYTES],
	bool *is, struct error *err)
{
	bool dated = is_boundary(*line);
	*is = dated && mbox->after_empty;
	if (*is || (!dated && !may_be_boundary(*line)))
		return true;
	memcpy(copy, line->data, line->size);
	*line = (struct span){copy, line->size};
	if (mbox->end - mbox->start < LINE_BYTES && !mbox->ended && !fill(mbox, err))
		return false;
	*is = begins_with_field((struct span){mbox->block + mbox->start, mbox->end - mbox->start});
	return true;
}

static bool line_is_empty(struct span line)
{
	return span_equal(line, SPAN("\n")) || span_equal(line, SPAN("\r\n"));
}

static bool is_quoted_from(struct span line)
{
	size_t quotes = 0;
	while (quotes < line.size && line.data[quotes] == '>')
		quotes++;
	return quotes > 0 && span_starts(span_after(line, quotes), SPAN("From "));
}

/* The empty line before a boundary belongs to the boundary. */
static void mail_trim(struct buffer *mail)
{
	size_t end = mail->size;
	if (end && mail->data[end - 1] == '\n')
		end--;
	if (end && mail->data[end - 1] == '\r')
		end--;
	if (end == 0 || mail->data[end - 1] == '\n')
		mail->size = end;
}

static void mail_add(struct mbox *mbox, struct span piece, size_t max_bytes, bool *too_large)
{
	if (mbox->mail.size + piece.size > max_bytes) {
		piece = span_part(piece, 0, max_bytes - mbox->mail.size);
		*too_large = true;
	}
	buffer_append(&mbox->mail, piece);
}

/* Skips what stands before the first boundary. */
static bool first_boundary(struct mbox *mbox, bool *found, struct error *err)
{
	char copy[LINE_BYTES];
	struct span piece;
	*found = mbox->pending;
	while (!*found) {
		int64_t at = mbox->position;
		bool starts_line = !mbox->line_open;
		if (!piece_next(mbox, &piece, err))
			return false;
		if (!piece.size)
			return true;
		mbox->line_open = piece.data[piece.size - 1] != '\n';
		if (starts_line && !boundary_follows(mbox, &piece, copy, found, err))
			return false;
		mbox->boundary = at;
	}
	mbox->after_empty = false;
	return true;
}

bool mbox_next(
	struct mbox *mbox, size_t max_bytes, struct mbox_mail *mail, bool *found, struct error *err)
{
	char copy[LINE_BYTES];
	struct span piece;

	buffer_clear(&mbox->mail);
	*mail = (struct mbox_mail){0};
	if (!first_boundary(mbox, found, err))
		return false;
	if (!*found)
		return true;
	mail->offset = mbox->boundary;
	mbox->pending = false;
	while (!mbox->pending) {
		int64_t at = mbox->position;
		bool starts_line = !mbox->line_open;
		if (!piece_next(mbox, &piece, err))
			return false;
		if (!piece.size)
			break;
		mbox->line_open = piece.data[piece.size - 1] != '\n';
		if (starts_line && !boundary_follows(mbox, &piece, copy, &mbox->pending, err))
			return false;
		if (mbox->pending) {
			mbox->boundary = at;
			continue;
		}
		mbox->after_empty = starts_line && line_is_empty(piece);
		if (starts_line && is_quoted_from(piece))
			piece = span_after(piece, 1);
		mail_add(mbox, piece, max_bytes, &mail->too_large);
	}
	if (mbox->pending)
		mail_trim(&mbox->mail);
	mail->bytes = buffer_span(&mbox->mail);
	return true;
}
