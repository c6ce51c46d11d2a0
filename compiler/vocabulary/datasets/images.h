/* images.h: what data sets of picture files share (image_folder.c). */
#ifndef NETC_VOCABULARY_DATASETS_IMAGES_H
#define NETC_VOCABULARY_DATASETS_IMAGES_H

#include "vocabulary/vocabulary.h"

/* on_error: "raise" or "skip", pictures that can't be read are left out; cache: "memory" or "none", or None: in memory
 * where it is not much. False after reporting. */
bool images_check(Diag *diag, const char *name, const Arg *on_error, const Arg *cache);

/* A sample is 3 x whatever its file has, in one of the classes that are there. */
void images_shape(Shape *sample, int *classes);

#endif
