#include "config/oauth_provider.h"

#include <string.h>

/* What the providers publish under their issuers: /.well-known/openid-configuration. */
static const struct provider {
	/* %s: the tenant */
	const char *token_url;
	const char *device_url; /* NULL: it gives none for mail */
	const char *scope;	/* with GRANT_REFRESH_TOKEN */
	const char *own_scope;	/* with GRANT_CLIENT_CREDENTIALS, NULL: it has no such grant */
	bool has_tenants;
} providers[] = {
	/* its device login gives no scope for mail: a refresh token comes from elsewhere */
	[PROVIDER_GOOGLE] =
		{
			.token_url = "https://oauth2.googleapis.com/token",
			.scope = "https://mail.google.com/",
		},
	[PROVIDER_MICROSOFT] =
		{
			.token_url = "https://login.microsoftonline.com/%s/oauth2/v2.0/token",
			.device_url = "https://login.microsoftonline.com/%s/oauth2/v2.0/devicecode",
			.scope = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
			.own_scope = "https://outlook.office365.com/.default",
			.has_tenants = true,
		},
};

/* The address with the tenant in its place. */
static const char *address(const char *form, const char *tenant, struct arena *arena)
{
	const char *place = form != NULL ? strstr(form, "%s") : NULL;

	if (place == NULL)
		return form;
	return arena_format(arena, "%.*s%s%s", (int)(place - form), form, tenant, place + 2).data;
}

static const char *settle_known(
	struct config_oauth *oauth, const struct provider *provider, struct arena *arena)
{
	bool own = oauth->grant == GRANT_CLIENT_CREDENTIALS;
	const char *tenant = oauth->tenant != NULL ? oauth->tenant : "organizations";

	if (own && provider->own_scope == NULL)
		return "this provider has no client-credentials for mail; use refresh-token, or a "
		       "token command";
	if (own && provider->has_tenants && oauth->tenant == NULL)
		return "client-credentials need the tenant beside them, the ID of your directory";
	if (oauth->tenant != NULL && !provider->has_tenants)
		return "this provider has no tenants; remove the key 'tenant'";
	if (oauth->token_url == NULL)
		oauth->token_url = address(provider->token_url, tenant, arena);
	if (oauth->device_url == NULL && !own)
		oauth->device_url = address(provider->device_url, tenant, arena);
	if (oauth->scope == NULL)
		oauth->scope = own ? provider->own_scope : provider->scope;
	return NULL;
}

const char *oauth_provider_settle(struct config_oauth *oauth, struct arena *arena)
{
	if (oauth->provider != PROVIDER_OTHER)
		return settle_known(oauth, &providers[oauth->provider], arena);
	if (oauth->tenant != NULL)
		return "a tenant goes only with provider: microsoft";
	if (oauth->token_url == NULL)
		return "no token endpoint is given; write token_url: https://… beside it, or "
		       "provider: google or microsoft";
	return NULL;
}
