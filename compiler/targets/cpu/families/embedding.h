/* How the gradient of an embedding's table is cut into parts. */
#ifndef NETC_TARGETS_CPU_FAMILIES_EMBEDDING_H
#define NETC_TARGETS_CPU_FAMILIES_EMBEDDING_H

#include "graph/graph.h"

/* Rows of a table whose gradient is one part; the last part may have fewer. */
int64_t embedding_part(Shape table);

#endif
