/* Product: what `netc build` makes, by its options: a trainer, a library, a page. */
#ifndef NETC_PRODUCT_H
#define NETC_PRODUCT_H

#include "options.h"

/* Whether all options that were given are for what is built; sets what it is compiled with. False after saying on
 * stderr which one is not. */
bool product_check(Options *options);

#endif
