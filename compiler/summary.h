/* Summary: the table that `netc summary` prints. */
#ifndef NETC_SUMMARY_H
#define NETC_SUMMARY_H

#include "driver.h"

/* Layers with their output shapes, parameters and multiply-adds of one sample's forward pass, then the totals and the
 * memory of the static plan (where the file has a train block). */
void summary_print(Text *out, const Compilation *c);

#endif
