#include "daemon/imap_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "config/secret.h"
#include "daemon/imap_challenge.h"
#include "daemon/imap_text.h"

#define ANSWER_MS  60000 /* where the configuration says nothing */
#define CONNECT_MS 30000 /* and never more than for an answer */
#define LOGOUT_MS  2000

/* The FETCH handler is called only when a progress callback is set too. */
static void no_progress(size_t current, size_t maximum, void *context)
{
	(void)current;
	(void)maximum;
	(void)context;
}

/* Opening */

static bool word_is(const char *word, const char *wanted)
{
	return word && span_equal_fold(span_from(word), span_from(wanted));
}

static void read_capabilities(struct imap *imap)
{
	const struct mailimap_connection_info *info = imap->session->imap_connection_info;

	imap->has_idle = imap->has_uidplus = imap->has_move = imap->has_sasl_ir = false;
	imap->login_disabled = imap->auth_plain = false;
	if (!info || !info->imap_capability)
		return;
	for (clistiter *at = clist_begin(info->imap_capability->cap_list); at;
		at = clist_next(at)) {
		const struct mailimap_capability *capability = clist_content(at);
		const char *name = capability->cap_data.cap_name;

		if (capability->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE) {
			imap->auth_plain |= word_is(capability->cap_data.cap_auth_type, "PLAIN");
			continue;
		}
		imap->has_idle |= word_is(name, "IDLE");
		imap->has_uidplus |= word_is(name, "UIDPLUS");
		imap->has_move |= word_is(name, "MOVE");
		imap->has_sasl_ir |= word_is(name, "SASL-IR");
		imap->login_disabled |= word_is(name, "LOGINDISABLED");
	}
}

/* What was said before TLS or before the login does not count: it is forgotten and asked anew. */
static bool ask_capabilities(struct imap *imap, struct error *err)
{
	struct mailimap_connection_info *info = imap->session->imap_connection_info;
	enum imap_answer answer;

	if (info && info->imap_capability) {
		mailimap_capability_data_free(info->imap_capability);
		info->imap_capability = NULL;
	}
	imap_begin(imap, "CAPABILITY");
	if (!imap_run_plain(imap, &answer, err))
		return false;
	read_capabilities(imap);
	return true;
}

static bool greet(struct imap *imap, enum server_tls tls, struct error *err)
{
	int result;

	imap_limit_plain(imap, "greeting");
	result = mailimap_connect(imap->session, transport_stream(imap->transport));
	if (result == MAILIMAP_NO_ERROR_AUTHENTICATED) {
		imap->dead = true;
		return error_set(err, ERROR_INPUT,
			tls == TLS_STARTTLS
				? "the server says that we are logged in before TLS began: "
				  "somebody may be in between"
				: "the server says that we are logged in already, as nobody we "
				  "know");
	}
	if (result != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return imap_failed(imap, result, err);
	return true;
}

static int64_t connect_ms(int64_t answer_ms)
{
	return answer_ms < CONNECT_MS ? answer_ms : CONNECT_MS;
}

static bool start_tls(struct imap *imap, struct error *err)
{
	enum imap_answer answer;

	imap_begin(imap, "STARTTLS");
	if (!imap_run_plain(imap, &answer, err))
		return false;
	imap->dead = true; /* until the handshake is done */
	if (answer == IMAP_NO)
		return error_set(err, ERROR_INPUT,
			"the server refuses STARTTLS (%s): use tls: implicit, or somebody is in "
			"between",
			imap_words(imap));
	if (!transport_start_tls(imap->transport, connect_ms(imap->answer_ms), err))
		return false;
	imap->dead = false;
	return true;
}

/* Logging in */

/* RFC 5530: refusals that have nothing to do with the credentials. */
static bool is_passing_refusal(const struct imap *imap)
{
	static const char *const codes[] = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
	const struct mailimap_response_info *info = imap->session->imap_response_info;

	for (size_t i = 0; info && i < ARRAY_COUNT(codes); i++)
		if (word_is(info->rsp_atom, codes[i]))
			return true;
	return false;
}

/* The exchange after AUTHENTICATE: the first "+" asks for the response, a second one says why not.
 */
static bool exchange(struct imap *imap, struct span response, bool sent, struct span on_challenge,
	struct error *err)
{
	for (int round = 0; round < 3; round++) {
		struct span line;

		if (!imap_read_line(imap, &line, err))
			return false;
		if (!span_starts(line, SPAN("+")))
			return true;
		if (sent) /* the response was sent: this says why it is refused */
			imap_challenge_words(span_after(line, 1), &imap->challenge);
		if (!imap_send_line(imap, sent ? on_challenge : response, err))
			return false;
		sent = true;
	}
	imap->dead = true;
	return error_set(err, ERROR_TEMPORARY, "the server asks for credentials without end");
}

/* AUTHENTICATE (RFC 9051 section 6.2.2) with the one response that is in imap->response. */
static bool authenticate(struct imap *imap, const char *mechanism, struct span on_challenge,
	enum imap_answer *answer, struct error *err)
{
	struct span response = buffer_span(&imap->response);
	bool whole = imap->has_sasl_ir;

	imap_begin(imap, "AUTHENTICATE ");
	buffer_append_string(&imap->command, mechanism);
	if (whole) {
		buffer_append_byte(&imap->command, ' ');
		buffer_append(&imap->command, response);
	}
	imap_limit_plain(imap, imap->doing);
	return imap_send_command(imap, buffer_span(&imap->command), err) &&
	       exchange(imap, response, whole, on_challenge, err) &&
	       imap_read_answer(imap, answer, err);
}

static bool log_in_plain(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	struct buffer text = {0};

	buffer_append_byte(&text, '\0'); /* RFC 4616: no other identity */
	buffer_append(&text, login->user);
	buffer_append_byte(&text, '\0');
	buffer_append(&text, login->secret);
	base64_append(&imap->response, buffer_span(&text));
	secret_done(&text);
	return authenticate(imap, "PLAIN", SPAN("*"), answer, err);
}

static bool log_in_password(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	imap_begin(imap, "LOGIN ");
	if (imap->login_disabled || !imap_text_quote(&imap->command, login->user)) {
		if (imap->auth_plain)
			return log_in_plain(imap, login, answer, err);
		return error_set(err, ERROR_INPUT,
			"the server takes no passwords (LOGINDISABLED): set auth: xoauth2 or "
			"oauthbearer");
	}
	buffer_append_byte(&imap->command, ' ');
	if (imap_text_quote(&imap->command, login->secret))
		return imap_run_plain(imap, answer, err);
	if (imap->auth_plain)
		return log_in_plain(imap, login, answer, err);
	return error_set(err, ERROR_INPUT,
		"the password holds characters that this server can't take; choose one of ASCII");
}

/* XOAUTH2 (Google, Microsoft) and OAUTHBEARER (RFC 7628). */
static bool log_in_token(struct imap *imap, const struct imap_login *login,
	enum imap_answer *answer, struct error *err)
{
	bool bearer = login->auth == AUTH_OAUTHBEARER;
	struct buffer text = {0};

	if (bearer)
		buffer_format(&text, "n,a=%.*s,\1host=%.*s\1port=%u\1auth=Bearer %.*s\1\1",
			SPAN_ARG(login->user), SPAN_ARG(login->host), login->port,
			SPAN_ARG(login->secret));
	else
		buffer_format(&text, "user=%.*s\1auth=Bearer %.*s\1\1", SPAN_ARG(login->user),
			SPAN_ARG(login->secret));
	base64_append(&imap->response, buffer_span(&text));
	secret_done(&text);
	/* A challenge is the server's error: it is answered by ^A (RFC 7628), or by nothing. */
	return authenticate(imap, bearer ? "OAUTHBEARER" : "XOAUTH2",
		bearer ? SPAN("AQ==") : SPAN(""), answer, err);
}

static void add_text(struct error *err, const char *text)
{
	size_t used = strlen(err->text);

	snprintf(err->text + used, sizeof err->text - used, " (%s)", text);
}

/* Some servers repeat what they refuse; their words are shown and logged. */
static void hide_secret(struct imap *imap, struct span secret)
{
	struct span words = buffer_span(&imap->words);
	ptrdiff_t at;

	if (secret.size < 4) /* would hide half of the words; it is no secret either */
		return;
	/* onwards: a password of stars would be found again where it was hidden */
	for (; (at = span_find(words, secret)) >= 0;
		words = span_after(words, (size_t)at + secret.size))
		memset(imap->words.data + (words.data - imap->words.data) + at, '*', secret.size);
}

/* As it is, or as it went over the line. */
static bool shows_secret(const struct imap *imap, const struct imap_login *login, struct span text)
{
	return secret_shows(text, login->secret) ||
	       secret_shows(text, buffer_span(&imap->response));
}

static void explain_refusal(struct imap *imap, const struct imap_login *login, struct error *err)
{
	if (is_passing_refusal(imap))
		error_write(err, ERROR_TEMPORARY, "the server takes no login now: %s",
			imap_words(imap));
	else
		error_write(err, ERROR_AUTH, "the server refuses the login of %.*s: %s",
			SPAN_ARG(login->user), imap_words(imap));
	if (imap->challenge.size > 0)
		add_text(err, buffer_string(&imap->challenge));
	if (shows_secret(imap, login, buffer_span(&imap->words)) ||
		shows_secret(imap, login, buffer_span(&imap->challenge)))
		error_write(err, err->kind,
			"the server refuses the login of %.*s, with our secret in its words, which "
			"are left out",
			SPAN_ARG(login->user));
}

static bool log_in(struct imap *imap, const struct imap_login *login, struct error *err)
{
	enum imap_answer answer = IMAP_NO;
	bool ok;

	ok = login->auth == AUTH_PASSWORD ? log_in_password(imap, login, &answer, err)
					  : log_in_token(imap, login, &answer, err);
	buffer_forget(&imap->command);
	if (!ok && shows_secret(imap, login, span_from(err->text)))
		error_write(err, err->kind,
			"the server breaks the login of %.*s off, with our secret in its words, "
			"which are left out",
			SPAN_ARG(login->user));
	hide_secret(imap, login->secret);
	hide_secret(imap, buffer_span(&imap->response));
	if (ok && answer == IMAP_OK)
		imap->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
	else if (ok)
		explain_refusal(imap, login, err);
	secret_done(&imap->response);
	return ok && answer == IMAP_OK;
}

static bool open_session(struct imap *imap, const struct imap_login *login, struct error *err)
{
	if (!greet(imap, login->tls, err))
		return false;
	if (login->tls == TLS_STARTTLS && !start_tls(imap, err))
		return false;
	if (login->tls != TLS_NONE && !transport_is_encrypted(imap->transport))
		return error_set(err, ERROR_BUG, "a login without TLS");
	return ask_capabilities(imap, err) && log_in(imap, login, err) &&
	       ask_capabilities(imap, err);
}

bool imap_open(const struct imap_login *login, struct imap **imap, struct error *err)
{
	int64_t answer_ms = login->timeout_ms > 0 ? login->timeout_ms : ANSWER_MS;
	struct imap *made;
	struct transport *transport;

	if (!transport_open(login->trust, login->host, login->port, login->tls,
		    connect_ms(answer_ms), &transport, err))
		return false;
	transport_set_tick(transport, login->tick, login->tick_context);
	made = memory_alloc(sizeof(*made));
	*made = (struct imap){
		.transport = transport, .session = mailimap_new(0, NULL), .answer_ms = answer_ms};
	if (!made->session)
		memory_exhausted();
	mailimap_set_progress_callback(made->session, no_progress, no_progress, NULL);
	mailimap_set_msg_att_handler(made->session, imap_handle_fetch, made);
	if (!open_session(made, login, err)) {
		if (err->kind != ERROR_AUTH)
			error_context(err, "%.*s:%u", SPAN_ARG(login->host), login->port);
		imap_close(made);
		return false;
	}
	*imap = made;
	return true;
}

void imap_close(struct imap *imap)
{
	struct transport_limits limits;

	if (!imap)
		return;
	if (imap->session->imap_stream && imap->dead) {
		/* mailimap_free would say LOGOUT and wait */
		mailstream_close(imap->session->imap_stream);
		imap->session->imap_stream = NULL;
	}
	limits = imap_limits_for(imap, 0, IMAP_ANSWER_MAX);
	limits.deadline_ms = LOGOUT_MS;
	transport_limit(imap->transport, &limits);
	mailimap_free(imap->session);
	transport_free(imap->transport);
	buffer_done(&imap->command);
	buffer_done(&imap->words);
	buffer_done(&imap->challenge);
	secret_done(&imap->response);
	free(imap);
}
