#include "parser/cms.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>

bool cms_signed_content(struct span der, struct arena *arena, struct span *content)
{
	const unsigned char *at = (const unsigned char *)der.data;
	bool found = false;

	if (der.size > LONG_MAX)
		return false;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);
	if (cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed) {
		ASN1_OCTET_STRING **inside = CMS_get0_content(cms);

		if (inside && *inside && ASN1_STRING_length(*inside) > 0) {
			*content = arena_copy(
				arena, (struct span){(const char *)ASN1_STRING_get0_data(*inside),
					       (size_t)ASN1_STRING_length(*inside)});
			found = true;
		}
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return found;
}
