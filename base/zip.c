#include "base/zip.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/gzip.h"

#define LOCAL_HEADER	 0x04034b50u
#define CENTRAL_HEADER	 0x02014b50u
#define END_OF_DIRECTORY 0x06054b50u
#define VERSION_NEEDED	 20	/* 2.0: deflate */
#define MADE_BY		 0x0314 /* Unix, 2.0 */
#define NAME_IS_UTF8	 0x0800
#define DEFLATED	 8
#define FILE_MODE	 (0100600u << 16) /* readable by its owner */
#define ENTRIES_MAX	 65535u

void zip_begin(struct zip *zip, int file, struct date day)
{
	*zip = (struct zip){.file = file, .day = day};
}

void zip_done(struct zip *zip)
{
	buffer_done(&zip->directory);
}

/* ---------------------------------------------------------------- little-endian numbers */

static void put16(struct buffer *out, uint32_t number)
{
	buffer_append_byte(out, (char)(number & 0xff));
	buffer_append_byte(out, (char)(number >> 8 & 0xff));
}

static void put32(struct buffer *out, uint32_t number)
{
	put16(out, number & 0xffff);
	put16(out, number >> 16);
}

/* MS-DOS: seven bits of year since 1980, four of month, five of day. */
static uint32_t dos_date(struct date day)
{
	if (day.year < 1980 || day.year > 2107)
		return 1 << 5 | 1;
	return (uint32_t)((day.year - 1980) << 9 | day.month << 5 | day.day);
}

static bool write_all(struct zip *zip, struct span bytes, struct error *err)
{
	if (zip->offset + bytes.size > UINT32_MAX)
		return error_set(err, ERROR_LIMIT, "the archive would be larger than 4 GiB");
	zip->offset += bytes.size;
	while (bytes.size) {
		ssize_t written = write(zip->file, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "writing the archive");
		bytes = span_after(bytes, (size_t)written);
	}
	return true;
}

/* ---------------------------------------------------------------- entries */

/* What the header of an entry and its line in the directory have in common. */
static void put_entry(struct buffer *out, const struct zip *zip, struct span name,
	struct span plain, size_t packed_bytes, uint32_t crc)
{
	put16(out, VERSION_NEEDED);
	put16(out, NAME_IS_UTF8);
	put16(out, DEFLATED);
	put16(out, 0); /* midnight */
	put16(out, dos_date(zip->day));
	put32(out, crc);
	put32(out, (uint32_t)packed_bytes);
	put32(out, (uint32_t)plain.size);
	put16(out, (uint32_t)name.size);
	put16(out, 0); /* no extra field */
}

bool zip_add(struct zip *zip, struct span name, struct span bytes, struct error *err)
{
	struct buffer header CLEANUP(buffer_done) = {0};
	struct buffer packed CLEANUP(buffer_done) = {0};
	uint32_t offset = (uint32_t)zip->offset, crc;

	if (bytes.size > INT_MAX || zip->entries >= ENTRIES_MAX || name.size > 65535)
		return error_set(err, ERROR_LIMIT, "too much for one archive");
	gzip_deflate(&packed, bytes, &crc);
	put32(&header, LOCAL_HEADER);
	put_entry(&header, zip, name, bytes, packed.size, crc);
	buffer_append(&header, name);
	if (!write_all(zip, buffer_span(&header), err) ||
		!write_all(zip, buffer_span(&packed), err))
		return false;
	put32(&zip->directory, CENTRAL_HEADER);
	put16(&zip->directory, MADE_BY);
	put_entry(&zip->directory, zip, name, bytes, packed.size, crc);
	put16(&zip->directory, 0); /* no comment */
	put16(&zip->directory, 0); /* on this disk */
	put16(&zip->directory, 0);
	put32(&zip->directory, FILE_MODE);
	put32(&zip->directory, offset);
	buffer_append(&zip->directory, name);
	zip->entries++;
	return true;
}

bool zip_end(struct zip *zip, struct error *err)
{
	uint32_t offset = (uint32_t)zip->offset, size = (uint32_t)zip->directory.size;
	bool ok;

	put32(&zip->directory, END_OF_DIRECTORY);
	put16(&zip->directory, 0);
	put16(&zip->directory, 0);
	put16(&zip->directory, zip->entries);
	put16(&zip->directory, zip->entries);
	put32(&zip->directory, size);
	put32(&zip->directory, offset);
	put16(&zip->directory, 0); /* no comment */
	ok = write_all(zip, buffer_span(&zip->directory), err);
	zip_done(zip);
	return ok;
}
