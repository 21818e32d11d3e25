/*
 * forward_attached.h - mails that hang on a mail as message/rfc822.
 */
#ifndef PARSER_FORWARD_ATTACHED_H
#define PARSER_FORWARD_ATTACHED_H

#include "parser/body.h"
#include "parser/facts.h"
#include "parser/protocol.h"

/*
 * The innermost attached message whose sender is outside the own domains, else the first; *inside
 * is its body. False when there is none with a sender; a report's copy of a mail that failed is
 * nobody's forward.
 */
bool forward_attached(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts_forwarded *forwarded, struct body *inside);
/* The address lies in one of the own domains. */
bool forward_is_own(struct facts_address address, const struct parse_options *options);

#endif
