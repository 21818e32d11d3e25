/*
 * pager.h - long output on a terminal goes through $PAGER, else less.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdbool.h>

#include "base/span.h"

/* False when there is no pager to be had (PAGER empty or cat, none installed). */
bool pager_show(struct span text);

#endif
