/*
 * format.h - what the text of an option must look like. Each check returns NULL when the text is
 * fine, else the words behind "'TEXT' " of an error message. Texts are valid UTF-8 without
 * control characters and not empty.
 */
#ifndef CONFIG_FORMAT_H
#define CONFIG_FORMAT_H

#include "base/span.h"

#define FORMAT_NAME_MAX 64

typedef const char *format_check(struct span text);

format_check format_name;	    /* of a user: letters, digits, - and _ */
format_check format_mailbox;	    /* of a mailbox: these and . */
format_check format_address;	    /* a mail address */
format_check format_domain;	    /* two labels or more */
format_check format_host;	    /* a host name or an IP address */
format_check format_own_host;	    /* these, ".example.org" for all below, or a range of IPs */
format_check format_zone;	    /* an IANA zone that the system has */
format_check format_path;	    /* an absolute path */
format_check format_field_name;	    /* of a header field, RFC 5322 section 2.2 */
format_check format_authserv_id;    /* of Authentication-Results, RFC 8601 section 2.5 */
format_check format_url;	    /* http:// or https:// */
format_check format_secure_url;	    /* https://, or http:// on the loopback */
format_check format_listen;	    /* ADDRESS:PORT */
format_check format_fingerprint;    /* SHA-256 in hex */
format_check format_tag_separator;  /* one character */
format_check format_contact_field;  /* that can be made anonymous */
format_check format_credential;	    /* a name without a slash */
format_check format_win_need;	    /* what a deal needs to be won */
format_check format_close_need;	    /* and to be closed */
format_check format_review_contact; /* a field of a contact that can be asked for */
format_check format_review_deal;    /* and of a deal */
format_check format_currency;	    /* ISO 4217 */
format_check format_percent;	    /* 0 to 100 with up to two decimals */
format_check format_span_of_days;   /* 3d, 2w, 1m, 1y, 10wd */

/* localhost, 127.0.0.0/8 or ::1. */
bool format_is_loopback(struct span host);

#endif
