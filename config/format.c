#include "config/format.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/zone.h"
#include "config/network.h"

/* RFC 1035 section 2.3.4. */
#define LABEL_MAX  63
#define DOMAIN_MAX 253
/* RFC 5321 section 4.5.3.1.3 less the angle brackets. */
#define ADDRESS_MAX 254

static bool is_alphanumeric(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

static bool consists_of(struct span text, const char *others)
{
	for (size_t i = 0; i < text.size; i++)
		if (!is_alphanumeric(text.data[i]) && strchr(others, text.data[i]) == NULL)
			return false;
	return true;
}

const char *format_name(struct span text)
{
	if (text.size > FORMAT_NAME_MAX)
		return "is too long; a name has at most 64 characters";
	if (!consists_of(text, "-_") || !is_alphanumeric(text.data[0]))
		return "is no user name: it stands in addresses (crm+to-anna@), so it may only "
		       "have letters, digits, '-' and '_'";
	return NULL;
}

const char *format_mailbox(struct span text)
{
	if (text.size > FORMAT_NAME_MAX)
		return "is too long; a name has at most 64 characters";
	if (!consists_of(text, "-_.") || !is_alphanumeric(text.data[0]))
		return "is no mailbox name: it may only have letters, digits, '-', '_' and '.'";
	return NULL;
}

static bool is_label(struct span label)
{
	if (label.size == 0 || label.size > LABEL_MAX || label.data[0] == '-' ||
		label.data[label.size - 1] == '-')
		return false;
	for (size_t i = 0; i < label.size; i++)
		if ((label.data[i] & 0x80) == 0 && !is_alphanumeric(label.data[i]) &&
			label.data[i] != '-' && label.data[i] != '_')
			return false;
	return true;
}

static bool are_labels(struct span text, int at_least)
{
	struct span label;
	int labels = 0;

	if (text.size == 0 || text.size > DOMAIN_MAX || text.data[text.size - 1] == '.')
		return false;
	while (span_next(&text, '.', &label)) {
		if (!is_label(label))
			return false;
		labels++;
	}
	return labels >= at_least;
}

const char *format_domain(struct span text)
{
	if (span_find_byte(text, '@') >= 0)
		return "is no domain; leave out what stands before the '@' and the '@' itself";
	return are_labels(text, 2) ? NULL : "is no domain; domains look like example.org";
}

const char *format_address(struct span text)
{
	ptrdiff_t at = span_rfind_byte(text, '@');
	CLEANUP(arena_done) struct arena arena = {0};

	/* One word of the local part and a domain: what IMAP servers deliver to. */
	if (at <= 0 || text.size > ADDRESS_MAX || !are_labels(span_after(text, (size_t)at + 1), 1))
		return "is no mail address; addresses look like anna@example.org";
	for (size_t i = 0; i < (size_t)at; i++)
		if (strchr(" <>()[]\\,;:\"@", text.data[i]) != NULL)
			return "is no mail address; give only the address itself, like "
			       "anna@example.org";
	if (text_fold_address(&arena, text).size == 0)
		return "is no mail address; addresses look like anna@example.org";
	return NULL;
}

static bool is_ip_address(struct span text)
{
	char string[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (text.size >= sizeof string)
		return false;
	memcpy(string, text.data, text.size);
	string[text.size] = '\0';
	return inet_pton(AF_INET, string, &address) == 1 ||
	       inet_pton(AF_INET6, string, &address) == 1;
}

const char *format_host(struct span text)
{
	if (span_find(text, SPAN("://")) >= 0)
		return "is no host name; leave out what stands before '//' and the '//' itself";
	if (is_ip_address(text) || are_labels(text, 1))
		return NULL;
	return "is no host name and no IP address; hosts look like imap.example.org";
}

const char *format_own_host(struct span text)
{
	struct network network;

	if (span_find_byte(text, '/') >= 0 && !network_read(text, &network))
		return "is no range of IP addresses; ranges look like 192.0.2.0/24 or "
		       "2001:db8::/32";
	/* Of IPv4 the first octet, of IPv6 the first group: more is nobody's own. */
	if (span_find_byte(text, '/') >= 0)
		return network.bits >= (span_find_byte(text, ':') >= 0 ? 16 : 104)
			       ? NULL
			       : "is too large a range: nobody's own mail servers are so many";
	if (text.data[0] == '.' && are_labels(span_after(text, 1), 2))
		return NULL;
	return format_host(text);
}

const char *format_zone(struct span text)
{
	char name[FORMAT_NAME_MAX + 1];

	/* What zone_is_known sees is the name of a file. */
	if (text.size < sizeof name && consists_of(text, "/_+-") && text.data[0] != '/') {
		memcpy(name, text.data, text.size);
		name[text.size] = '\0';
		if (zone_is_known(name))
			return NULL;
	}
	return "is no time zone of this system; zones look like Europe/Amsterdam "
	       "(timedatectl list-timezones prints them)";
}

const char *format_path(struct span text)
{
	return text.data[0] == '/' ? NULL : "is no absolute path; it must begin with '/'";
}

const char *format_field_name(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] == ':' || text.data[i] > '~')
			return "is no header field name; give it without the colon, like "
			       "Delivered-To";
	return NULL;
}

const char *format_authserv_id(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr(" ;=()\"", text.data[i]) != NULL)
			return "is no authserv-id: it is the first word behind "
			       "\"Authentication-Results:\", like mx.example.org";
	return NULL;
}

static bool has_authority(struct span text, struct span scheme)
{
	struct span rest = span_after(text, scheme.size), host;

	if (!span_starts_fold(text, scheme) || span_find_byte(text, ' ') >= 0)
		return false;
	return span_next(&rest, '/', &host) && host.size > 0;
}

const char *format_url(struct span text)
{
	if (has_authority(text, SPAN("https://")) || has_authority(text, SPAN("http://")))
		return NULL;
	return "is no address of a web server; they look like https://crm.example.org";
}

/* Without a port; "[::1]:80" gives "::1". */
static struct span host_of(struct span authority)
{
	struct span host;

	if (authority.size > 0 && authority.data[0] == '[') {
		authority = span_after(authority, 1);
		span_next(&authority, ']', &host);
		return host;
	}
	span_next(&authority, ':', &host);
	return host;
}

const char *format_secure_url(struct span text)
{
	struct span rest, authority;

	if (has_authority(text, SPAN("https://")))
		return NULL;
	if (!has_authority(text, SPAN("http://")))
		return "is no address of a web server; they look like "
		       "https://login.example.org/token";
	rest = span_after(text, SPAN("http://").size);
	span_next(&rest, '/', &authority);
	if (format_is_loopback(host_of(authority)))
		return NULL;
	return "would send secrets in the clear; use https://";
}

const char *format_listen(struct span text)
{
	ptrdiff_t colon = span_rfind_byte(text, ':');
	struct span host;
	unsigned long long port;

	if (colon <= 0 || !span_to_u64(span_after(text, (size_t)colon + 1), UINT16_MAX, &port) ||
		port == 0)
		return "is no address and port to listen on; they look like 127.0.0.1:8377";
	host = span_part(text, 0, (size_t)colon);
	if (host.data[0] == '[' && host.data[host.size - 1] == ']')
		host = span_part(host, 1, host.size - 2);
	else if (span_find_byte(host, ':') >= 0)
		return "is not clear: write an IPv6 address in brackets, like [::1]:8377";
	if (!is_ip_address(host) && !span_equal(host, SPAN("localhost")))
		return "does not begin with an IP address; use 127.0.0.1 for this machine only or "
		       "0.0.0.0 for all networks";
	return NULL;
}

const char *format_fingerprint(struct span text)
{
	struct digest digest;

	return digest_from_hex(text, &digest)
		       ? NULL
		       : "is no fingerprint: it must be the SHA-256 of the server's public key "
			 "(SPKI), 64 hex digits";
}

const char *format_tag_separator(struct span text)
{
	if (text.size == 1 && strchr("+-_=#", text.data[0]) != NULL)
		return NULL;
	return "can not separate an address from its tag; use one of + - _ = #";
}

const char *format_credential(struct span text)
{
	if (span_find_byte(text, '/') >= 0 || text.data[0] == '.')
		return "is no name of a credential; give the ID of LoadCredential=, not a path";
	return NULL;
}

bool format_is_loopback(struct span host)
{
	char string[INET6_ADDRSTRLEN];
	struct in_addr address;

	if (span_equal_fold(host, SPAN("localhost")) || span_equal(host, SPAN("::1")))
		return true;
	if (host.size >= sizeof string)
		return false;
	memcpy(string, host.data, host.size);
	string[host.size] = '\0';
	return inet_pton(AF_INET, string, &address) == 1 &&
	       (ntohl(address.s_addr) >> 24) == IN_LOOPBACKNET;
}

const char *format_contact_field(struct span text)
{
	static const char *const fields[] = {"phone", "note", "source", "company", "addresses"};

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		if (span_equal(text, span_from(fields[i])))
			return NULL;
	return "is no field of a contact that can be made anonymous; there are phone, note, "
	       "source, company and addresses";
}
