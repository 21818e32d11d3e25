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
 * not reached (or not yet): a notice of success is no bounce.
 */
void bounce_status_read(const struct mime_part *status, struct arena *arena,
	struct defects *defects, struct facts *facts, bool *failed);

#endif
