/*
 * cms.h - the only door to OpenSSL's CMS (RFC 5652): what lies inside an S/MIME signature. Nothing
 * is verified: a signature says who signed, and the record goes by who wrote.
 */
#ifndef PARSER_CMS_H
#define PARSER_CMS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

/* The MIME entity inside signed data, in the arena; false when there is none to read. */
bool cms_signed_content(struct span der, struct arena *arena, struct span *content);

#endif
