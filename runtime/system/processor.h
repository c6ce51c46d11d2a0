/* processor.h: which of the features that compilers use (NC_FEATURES, variant.h) the processor of this machine has. */
#ifndef NC_PROCESSOR_H
#define NC_PROCESSOR_H

/* Of the feature with this number: what it is called, NULL behind the last one; and whether it is there. For one thread
 * at a time. */
const char *nc_feature_name(int number);
int nc_feature_there(int number);

#endif
