/* The standard deviations that Glorot and He asked for. */
#ifndef NETC_VOCABULARY_INITIALISERS_GAINS_H
#define NETC_VOCABULARY_INITIALISERS_GAINS_H

#include "vocabulary/initialisers/initialisers.h"

#define KAIMING_PARAMS                          \
    {"a", ARG_FLOAT, "0", NULL},                \
    {"mode", ARG_STRING, "\"fan_in\"", NULL},   \
    {"nonlinearity", ARG_STRING, "\"leaky_relu\"", NULL}

/* gain * sqrt(2 / (fan_in + fan_out)). False after reporting. */
bool xavier_deviation(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double gain,
                      double *std);

/* calculate_gain(nonlinearity, a) / sqrt(fan), of KAIMING_PARAMS. False after reporting. */
bool kaiming_deviation(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double *std);

#endif
