/*
 * unpack.h - the parts of a message with what lies in them in other ways than MIME's: files in
 * winmail.dat, files in the text (uuencode), the mail inside an S/MIME signature, mails that are
 * called by another type.
 */
#ifndef PARSER_UNPACK_H
#define PARSER_UNPACK_H

#include "parser/mime.h"

/*
 * As mime_parts; a leaf that held something has it as children and is itself still there. Text
 * that held files has them as children too and lost their lines.
 */
struct mime_part *unpack_parts(
	const struct field_block *block, struct arena *arena, struct defects *defects);
/* The leaf out of which a part was unpacked; NULL: it is a part of its own. */
const struct mime_part *unpack_container(const struct mime_part *part);

#endif
