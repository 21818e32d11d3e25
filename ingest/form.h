/*
 * form.h - web forms that arrive as mail: "Label: value" lines, read by the configured labels.
 */
#ifndef INGEST_FORM_H
#define INGEST_FORM_H

#include "ingest/state.h"

struct form {
	bool found; /* a form of ours, with a name or an address in it */
	struct span name, company, email, phone, message, source;
};

/*
 * The text that is read is the mail's, or that of the forwarded mail. With leads.form_senders set
 * only their mail is a form: else anybody could speak for anybody.
 */
struct form form_read(const struct mail *mail);
bool form_matches(const struct mail *mail);
/* The sender (of the forwarded mail too) is one of leads.form_senders: its Reply-To is the lead. */
bool form_sender_is_known(const struct mail *mail);
/* The value of one label in the text, however the configuration calls it; empty: not there. */
struct span form_value(const struct mail *mail, struct span label);

#endif
