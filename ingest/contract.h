/*
 * contract.h - the tag `deal-N.contract`: an attachment of the mail is the deal's signed
 * contract.
 */
#ifndef INGEST_CONTRACT_H
#define INGEST_CONTRACT_H

#include "ingest/plan.h"

/*
 * Adds the document, or the reason why there is none: which attachment it is must be certain.
 * Empty: it was added.
 */
struct span contract_plan(struct plan *plan, const struct deal *deal);

#endif
