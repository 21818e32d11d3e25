#include "ingest/policy.h"

#include "base/text.h"

/* What one check found: passed or not, and the words for a person. */
struct finding {
	bool passed;
	struct span words;
};

static struct finding failed(struct span words)
{
	return (struct finding){false, words};
}

/* ---------------------------------------------------------------- Authentication-Results */

/* The authserv-id of a field value: its first token behind comments (RFC 8601 section 2.2). */
static struct span authserv_id(struct span value)
{
	value = span_trim(value);
	while (span_starts(value, SPAN("("))) {
		int depth = 0;
		size_t i = 0;
		for (; i < value.size; i++) {
			if (value.data[i] == '\\')
				i++;
			else if (value.data[i] == '(')
				depth++;
			else if (value.data[i] == ')' && --depth == 0)
				break;
		}
		value = span_trim(span_after(value, i + 1));
	}
	if (span_starts(value, SPAN("\""))) {
		ptrdiff_t end = span_find_byte(span_after(value, 1), '"');
		return end < 0 ? (struct span){0} : span_part(value, 1, (size_t)end);
	}
	size_t size = 0;
	while (size < value.size && !strchr("; \t\r\n(", value.data[size]))
		size++;
	return span_part(value, 0, size);
}

/* Index of the topmost Authentication-Results field of that id, or field_count. */
static uint32_t results_find(const struct facts *facts, struct span id)
{
	for (size_t i = 0; i < facts->field_count; i++) {
		if (span_equal_fold(facts->fields[i].name, SPAN("Authentication-Results")) &&
			span_equal_fold(authserv_id(facts->fields[i].value), id))
			return (uint32_t)i;
	}
	return (uint32_t)facts->field_count;
}

/* Authenticated SMTP (RFC 3848, RFC 6531 section 4.3, also LMTP's forms). */
static bool with_is_authenticated(struct span with)
{
	static const char *const names[] = {"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA"};
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (span_equal_fold(with, span_from(names[i])))
			return true;
	}
	return false;
}

/*
 * What stands above the field was written later. Another host's Received field above it means that
 * the field came along with the mail; and below an authenticated submission it was written by the
 * very person who submitted it, for many servers check nothing of their own users.
 */
static struct span results_distrust(const struct mail *mail, uint32_t index)
{
	const struct facts *facts = mail->facts;
	for (size_t i = 0; i < facts->received_count; i++) {
		const struct facts_received *received = &facts->received[i];
		if (received->field_index >= index)
			break;
		if (!config_is_own_host(mail->intake->config, received->by))
			return arena_format(mail->arena,
				"it stands below a Received field by %.*s, which is none of "
				"organisation.hosts",
				SPAN_ARG(received->by));
		if (with_is_authenticated(received->with))
			return arena_format(mail->arena,
				"it stands below the submission to %.*s, so the sender may have "
				"written it",
				SPAN_ARG(received->by));
	}
	return (struct span){0};
}

static struct span domain_behind_at(struct span value)
{
	ptrdiff_t at = span_rfind_byte(value, '@');
	return at < 0 ? value : span_after(value, (size_t)at + 1);
}

static bool domain_within(struct span domain, struct span parent)
{
	return span_equal_fold(domain, parent) ||
	       (domain.size > parent.size + 1 && span_ends_fold(domain, parent) &&
		       domain.data[domain.size - parent.size - 1] == '.');
}

/*
 * Relaxed alignment (RFC 7489 section 3.1): the same organisational domain. Which that is we know
 * for own domains; for a user with an address elsewhere only the same domain counts.
 */
static bool domain_aligned(const struct config *config, struct span domain, struct span from)
{
	if (span_is_empty(domain) || span_is_empty(from))
		return false;
	if (span_equal_fold(domain, from))
		return true;
	return config_is_own_domain(config, domain) && config_is_own_domain(config, from) &&
	       (domain_within(domain, from) || domain_within(from, domain));
}

/* Properties whose domain the method vouches for; the HELO name (smtp.helo) is not one. */
static const struct aligned_method {
	const char *method;
	const char *properties[4];
} aligned_methods[] = {
	{"dmarc", {"header.from", ""}},
	{"dkim", {"header.d", "header.i"}},
	{"spf", {"smtp.mailfrom", "smtp.mfrom", "smtp.mail", "smtp.envelope-from"}},
};

static bool result_vouches(const struct mail *mail, const struct facts_authentication *result)
{
	struct span from = text_address_domain(mail->from);
	if (!span_equal_fold(result->result, SPAN("pass")))
		return false;
	for (size_t m = 0; m < ARRAY_COUNT(aligned_methods); m++) {
		const struct aligned_method *method = &aligned_methods[m];
		if (!span_equal_fold(result->method, span_from(method->method)))
			continue;
		for (size_t p = 0; p < ARRAY_COUNT(method->properties); p++) {
			if (!method->properties[p] || !span_equal_fold(result->property,
							      span_from(method->properties[p])))
				continue;
			/* Some servers write a bare "dmarc=pass": it is always about From. */
			if (span_is_empty(result->property) && span_is_empty(result->domain))
				return true;
			return domain_aligned(
				mail->intake->config, domain_behind_at(result->domain), from);
		}
	}
	return false;
}

static struct finding authserv_check(const struct mail *mail, const struct config_mailbox *mailbox)
{
	const struct facts *facts = mail->facts;
	const char *id = mailbox->policy_authserv_id;
	uint32_t index = results_find(facts, span_from(id));
	if (index == facts->field_count)
		return failed(arena_format(mail->arena,
			"no Authentication-Results of %s in the header: %s did not check this mail",
			id, id));
	struct span distrust = results_distrust(mail, index);
	if (!span_is_empty(distrust))
		return failed(arena_format(mail->arena,
			"the Authentication-Results of %s doesn't count: %.*s", id,
			SPAN_ARG(distrust)));
	for (size_t i = 0; i < facts->authentication_count; i++) {
		const struct facts_authentication *result = &facts->authentication[i];
		if (result->field_index == index && result_vouches(mail, result))
			return (struct finding){
				true, arena_format(mail->arena, "%.*s=pass for %.*s, says %s",
					      SPAN_ARG(result->method),
					      SPAN_ARG(text_address_domain(mail->from)), id)};
	}
	return failed(arena_format(mail->arena,
		"%s found neither DMARC nor an aligned DKIM or SPF pass for %.*s", id,
		SPAN_ARG(text_address_domain(mail->from))));
}

/* ---------------------------------------------------------------- Received */

static bool is_loopback(struct span address)
{
	if (span_starts_fold(address, SPAN("IPv6:")))
		address = span_after(address, 5);
	return span_starts(address, SPAN("127.")) || span_equal(address, SPAN("::1"));
}

/* "192.0.2.1", "2001:db8::1", "IPv6:::1"; a port or a word with a colon is none. */
static bool is_address_literal(struct span word)
{
	size_t dots = 0, colons = 0;
	if (span_starts_fold(word, SPAN("IPv6:")))
		return true;
	for (size_t i = 0; i < word.size && word.data[i] != '%'; i++) {
		dots += word.data[i] == '.';
		colons += word.data[i] == ':';
		if (!strchr(".:0123456789abcdefABCDEF", word.data[i]))
			return false;
	}
	return colons >= 2 || dots == 3;
}

/*
 * A hop inside one machine: delivery by LMTP, or a content filter that hands the mail back over
 * loopback. Every address before "by" must be loopback, in brackets or without (qmail, Exchange):
 * one of them was written by the server, others may be the client's HELO. A server that writes
 * nothing in parentheses may have written no address of its own at all.
 */
static bool hop_is_internal(const struct facts *facts, const struct facts_received *received)
{
	static const char between[] = " \t\r\n()[]<>=@,;";
	if (span_starts_fold(received->with, SPAN("LMTP")) ||
		span_equal_fold(received->with, SPAN("local")))
		return true;
	if (received->field_index >= facts->field_count)
		return false;
	struct span value = facts->fields[received->field_index].value;
	ptrdiff_t by = span_find_fold(value, SPAN(" by "));
	struct span rest = span_part(value, 0, by < 0 ? 0 : (size_t)by);
	size_t found = 0;
	if (span_find_byte(rest, '(') < 0)
		return false;
	while (rest.size) {
		size_t size = 0;
		while (size < rest.size && !strchr(between, rest.data[size]))
			size++;
		struct span word = span_part(rest, 0, size);
		if (is_address_literal(word)) {
			if (!is_loopback(word))
				return false;
			found++;
		}
		rest = span_after(rest, size + 1);
	}
	return found > 0;
}

static struct finding submission_check(
	const struct mail *mail, const struct config_mailbox *mailbox UNUSED)
{
	const struct facts *facts = mail->facts;
	for (size_t i = 0; i < facts->received_count; i++) {
		const struct facts_received *received = &facts->received[i];
		if (!config_is_own_host(mail->intake->config, received->by))
			return failed(arena_format(mail->arena,
				"the topmost Received field is by %.*s, which is none of "
				"organisation.hosts",
				SPAN_ARG(received->by)));
		if (with_is_authenticated(received->with))
			return (struct finding){
				true, arena_format(mail->arena, "%.*s took it with %.*s",
					      SPAN_ARG(received->by), SPAN_ARG(received->with))};
		if (!hop_is_internal(facts, received))
			return failed(arena_format(mail->arena,
				"%.*s took it with %.*s, not from a user who logged in (ESMTPSA)",
				SPAN_ARG(received->by),
				SPAN_ARG(received->with.size ? received->with
							     : SPAN("no protocol named"))));
	}
	return failed(
		SPAN("no Received field by one of organisation.hosts says that a user logged in"));
}

/* ---------------------------------------------------------------- plain fields */

static struct finding exchange_check(
	const struct mail *mail, const struct config_mailbox *mailbox UNUSED)
{
	size_t found = 0;
	for (size_t i = 0; i < mail->facts->field_count; i++) {
		const struct facts_field *field = &mail->facts->fields[i];
		if (!span_equal_fold(field->name, SPAN("X-MS-Exchange-Organization-AuthAs")))
			continue;
		found++;
		if (!span_equal_fold(span_trim(field->value), SPAN("Internal")))
			return failed(arena_format(mail->arena,
				"X-MS-Exchange-Organization-AuthAs is %.*s, not Internal",
				SPAN_ARG(field->value)));
	}
	if (!found)
		return failed(SPAN("no X-MS-Exchange-Organization-AuthAs field: Exchange did not "
				   "take it from a user who logged in"));
	return (struct finding){true, SPAN("X-MS-Exchange-Organization-AuthAs is Internal")};
}

/*
 * The first host above the field that is none of ours: it, or somebody before it, wrote the field.
 * Without organisation.hosts every host is somebody else's. Empty: there is none.
 */
static struct span foreign_host_above(const struct mail *mail, size_t index)
{
	const struct facts *facts = mail->facts;
	for (size_t i = 0; i < facts->received_count; i++) {
		const struct facts_received *received = &facts->received[i];
		if (received->field_index < index &&
			!config_is_own_host(mail->intake->config, received->by))
			return received->by.size ? received->by : SPAN("an unnamed host");
	}
	return (struct span){0};
}

static struct finding header_check(const struct mail *mail, const struct config_mailbox *mailbox)
{
	const char *name = mailbox->policy_header_name;
	for (size_t i = 0; i < mail->facts->field_count; i++) {
		const struct facts_field *field = &mail->facts->fields[i];
		if (!span_equal_fold(field->name, span_from(name)))
			continue;
		/* The topmost one only: a server adds its own on top of what came along. */
		if (!span_equal(span_trim(field->value), span_from(mailbox->policy_header_value)))
			return failed(
				arena_format(mail->arena, "the field %s has another value", name));
		struct span foreign = foreign_host_above(mail, i);
		if (foreign.size)
			return failed(arena_format(mail->arena,
				"the field %s stands below a Received field by %.*s, which is none "
				"of organisation.hosts",
				name, SPAN_ARG(foreign)));
		return (struct finding){
			true, arena_format(mail->arena, "the field %s is there", name)};
	}
	return failed(arena_format(mail->arena, "there is no field %s", name));
}

static struct finding none_check(
	const struct mail *mail UNUSED, const struct config_mailbox *mailbox UNUSED)
{
	return (struct finding){true, SPAN("nothing is checked")};
}

/* Secret tags are judged by policy_judge itself: they belong to the route. */
static const struct {
	enum write_policy policy;
	struct finding (*check)(const struct mail *mail, const struct config_mailbox *mailbox);
} checks[] = {
	{POLICY_NONE, none_check},
	{POLICY_AUTHSERV_ID, authserv_check},
	{POLICY_SUBMISSION, submission_check},
	{POLICY_EXCHANGE_INTERNAL, exchange_check},
	{POLICY_HEADER, header_check},
};

static struct finding secret_check(const struct mail *mail, const struct route *route)
{
	const char *fault = directory_secret_fault(mail->intake->directory, route->mailbox);
	if (fault)
		return failed(arena_format(mail->arena, "the secret can't be read: %s", fault));
	if (mail_shows_secret(mail, route->mailbox))
		return (struct finding){true, SPAN("the secret tag stands in To or Cc")};
	if (!route->has_secret)
		return failed(SPAN("the address that it came to carries no valid secret tag"));
	return (struct finding){true, SPAN("the address carries the secret tag")};
}

static struct finding policy_check(const struct mail *mail, const struct route *route)
{
	if (route->mailbox->policy == POLICY_SECRET_TAG)
		return secret_check(mail, route);
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		if (checks[i].policy == route->mailbox->policy)
			return checks[i].check(mail, route->mailbox);
	}
	return failed(SPAN("no policy is configured for this mailbox"));
}

/* ---------------------------------------------------------------- the sender */

bool policy_user_may_write(const struct config_mailbox *mailbox, const char *user)
{
	const struct config_strings *names = &mailbox->may_write;
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], user) == 0)
			return true;
	}
	return names->count == 0;
}

/* Why the sender may not write; empty when he may. */
static struct span sender_refused(const struct mail *mail, const struct config_mailbox *mailbox)
{
	const struct config *config = mail->intake->config;
	if (span_is_empty(mail->from))
		return SPAN("sender: the mail has not exactly one From address");
	if (mail->sender < 0)
		return arena_format(
			mail->arena, "sender: %.*s is no user's address", SPAN_ARG(mail->from));
	if (!policy_user_may_write(mailbox, config->users[mail->sender].name))
		return arena_format(mail->arena, "sender: %s is not in may_write of %s",
			config->users[mail->sender].name, mailbox->name);
	return (struct span){0};
}

static bool kind_is_for_users(enum mailbox_kind kind)
{
	return kind == KIND_CAPTURE || kind == KIND_ACTIONS;
}

struct verdict policy_judge(const struct mail *mail, const struct route *route)
{
	const struct config_mailbox *mailbox = route->mailbox;
	struct verdict verdict = {.allowed = true};

	if (route->trusted) {
		verdict.allowed = span_is_empty(route->refused);
		verdict.vouched = verdict.allowed && mail->sender >= 0;
		verdict.rule = verdict.allowed ? SPAN("trust: put into this folder by a colleague")
					       : route->refused;
		return verdict;
	}
	if (!kind_is_for_users(route->kind) && mailbox->policy == POLICY_UNSET)
		return verdict;

	struct finding finding = policy_check(mail, route);
	verdict.allowed = finding.passed;
	verdict.rule = arena_format(mail->arena, "policy:%s: %.*s",
		write_policy_name(mailbox->policy), SPAN_ARG(finding.words));
	if (!finding.passed)
		return verdict;
	verdict.rotate = mailbox->policy == POLICY_SECRET_TAG && mail_shows_secret(mail, mailbox);
	verdict.vouched = mail->sender >= 0 && mailbox->policy != POLICY_UNSET;
	if (!kind_is_for_users(route->kind) && mailbox->may_write.count == 0)
		return verdict;
	struct span refused = sender_refused(mail, mailbox);
	if (!span_is_empty(refused) && !verdict.rotate) {
		verdict.allowed = verdict.vouched = false;
		verdict.rule = refused;
	}
	return verdict;
}
