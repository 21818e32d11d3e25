/*
 * tokens_grant.c - requests to token servers (RFC 6749 sections 4.4 and 6, RFC 8628 section 3.1).
 */
#include "config/secret.h"
#include "daemon/tokens_role.h"

bool grant_form(const struct account *account, const char *grant_type, struct buffer *form,
	struct error *err)
{
	const struct tokens_account *config = &account->config;

	if (config->client_secret_fault.size > 0)
		return error_set(err, ERROR_AUTH, "the client's secret can't be read: %.*s",
			SPAN_ARG(config->client_secret_fault));
	if (grant_type)
		token_form_add(form, "grant_type", span_from(grant_type));
	if (config->client_auth == CLIENT_AUTH_BASIC && config->client_secret.size > 0)
		return true; /* both stand in the header */
	token_form_add(form, "client_id", config->client_id);
	if (config->client_secret.size > 0)
		token_form_add(form, "client_secret", config->client_secret);
	return true;
}

bool grant_post(struct tokens *tokens, const struct account *account, struct span url,
	struct span form, void *owner, struct error *err)
{
	const struct tokens_account *config = &account->config;
	CLEANUP(buffer_done) struct buffer address = {0};
	CLEANUP(buffer_done) struct buffer ca_file = {0};
	CLEANUP(buffer_done) struct buffer user = {0};
	CLEANUP(secret_done) struct buffer password = {0};
	struct token_request request = {.form = form, .owner = owner};

	buffer_append(&address, url);
	buffer_append(&ca_file, config->ca_file);
	request.url = buffer_string(&address);
	if (ca_file.size > 0)
		request.ca_file = buffer_string(&ca_file);
	if (config->client_auth == CLIENT_AUTH_BASIC && config->client_secret.size > 0) {
		buffer_reserve(&password, 3 * config->client_secret.size + 1);
		token_form_escape(&user, config->client_id);
		token_form_escape(&password, config->client_secret);
		request.user = buffer_string(&user);
		request.password = buffer_string(&password);
	}
	return token_http_post(tokens->http, &request, err);
}

struct token_secrets grant_secrets(const struct account *account, struct span beside)
{
	return (struct token_secrets){{account->config.client_secret, beside,
		buffer_span(&account->record.refresh_token)}};
}

bool grant_fits(const struct account *account, const struct token_record *record)
{
	const struct tokens_account *config = &account->config;

	return record->refresh_token.size > 0 &&
	       span_equal(buffer_span(&record->token_url), config->token_url) &&
	       span_equal(buffer_span(&record->client_id), config->client_id) &&
	       span_equal(buffer_span(&record->user), config->user);
}

static void put(struct buffer *text, struct span value)
{
	buffer_clear(text);
	buffer_append(text, value);
}

void grant_bind(const struct account *account, struct token_record *record)
{
	put(&record->token_url, account->config.token_url);
	put(&record->client_id, account->config.client_id);
	put(&record->user, account->config.user);
}
