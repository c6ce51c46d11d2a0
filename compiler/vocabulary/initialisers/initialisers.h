/* What torch's initialisers have in common. */
#ifndef NETC_VOCABULARY_INITIALISERS_INITIALISERS_H
#define NETC_VOCABULARY_INITIALISERS_INITIALISERS_H

#include "vocabulary/vocabulary.h"

#define GENERATOR(name) \
    {"generator", ARG_STRING, "None", name " draws from the run's generator, which 'seed' sets: leave generator out"}

/* torch's _calculate_fan_in_and_fan_out. False after reporting a parameter of fewer than two dimensions. */
bool initialiser_fans(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double *in,
                      double *out);

#endif
