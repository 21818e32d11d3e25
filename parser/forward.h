/*
 * forward.h - the mail inside a mail that a colleague passed on: attached as message/rfc822, or
 * written into the text below header lines.
 */
#ifndef PARSER_FORWARD_H
#define PARSER_FORWARD_H

#include "parser/body.h"
#include "parser/facts.h"
#include "parser/mime.h"
#include "parser/protocol.h"

/*
 * Fills facts->forwarded from the attached messages, else from the text (facts->text, subject and
 * date must be there). Of messages in messages it takes the innermost whose sender is outside the
 * own domains. An attached one has confidence 1.0. Inline: 1.0 below a program's own marker with
 * the sender's address, 0.9 when the subject says forwarded, 0.7 when nothing stands above, 0.5
 * when it could as well be a reply. A sender without an address is never completed.
 * *own_text is what the forwarder wrote himself (above and below). *inside is the body of the
 * attached message that was taken, with what hangs on it; empty for all others.
 */
void forward_read(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts *facts, struct span *own_text, struct body *inside);

#endif
