/*
 * bounce.h - delivery status notifications (RFC 3464): who was not reached and why.
 */
#ifndef PARSER_BOUNCE_H
#define PARSER_BOUNCE_H

#include "parser/facts.h"
#include "parser/mime.h"

/* The message/delivery-status part, NULL when there is none. */
const struct mime_part *bounce_status_part(const struct mime_part *root);
/*
 * Fills facts->bounced from the status part. *failed becomes true when at least one recipient was
 * not reached (or not yet), *any when it names a recipient at all: a notice of success is no
 * bounce.
 */
void bounce_status_read(const struct mime_part *status, struct arena *arena,
	struct defects *defects, struct facts *facts, bool *failed, bool *any);
/* The same out of fields in any text; what is no field is passed over. */
void bounce_fields_read(
	struct span text, struct arena *arena, struct facts *facts, bool *failed, bool *any);

/*
 * Whether the text says that a mail could not be delivered, in the words of mail servers. Such
 * words alone decide nothing: people write them too.
 */
bool bounce_text_says_so(struct span text);
/* Whether it gives a code of failure as servers do (RFC 3463): "550 5.1.1", "5.1.1". */
bool bounce_text_has_status(struct span text);
/* Whether it shows what two mail servers said to each other up to a refusal (RFC 5321). */
bool bounce_text_is_transcript(struct span text);
/*
 * Fills facts->bounced from the words of a server that sends no status part (or an empty one): DSN
 * fields in the text, else lines that begin with an address, else X-Failed-Recipients, each with
 * the codes that stand behind it. Adds the codes that a status part left out.
 */
void bounce_text_read(struct span text, struct arena *arena, struct facts *facts);

#endif
