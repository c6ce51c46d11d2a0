/* torch/nn/init.py: calculate_gain, _calculate_fan_in_and_fan_out. */
#include "vocabulary/initialisers/gains.h"

#include <math.h>
#include <string.h>

enum { A, MODE, NONLINEARITY };

bool initialiser_fans(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double *in,
                      double *out)
{
    const Shape *shape = &parameter->shape;
    if (shape->rank < 2) {
        diag_error(diag, args->span, "%s expects a parameter of 2 dimensions or more, but '%s' has %d", name,
                   parameter->name, shape->rank);
        return false;
    }
    *in = (double)shape->dim[1];
    *out = (double)shape->dim[0];
    for (int i = 2; i < shape->rank; i++) {
        *in *= (double)shape->dim[i];
        *out *= (double)shape->dim[i];
    }
    return true;
}

bool xavier_deviation(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double gain,
                      double *std)
{
    double in, out;
    if (!initialiser_fans(diag, name, args, parameter, &in, &out))
        return false;
    *std = gain * sqrt(2.0 / (in + out));
    return true;
}

static bool gain_of(const char *nonlinearity, double a, double *gain)
{
    static const char *const linear[] = {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
                                         "conv_transpose2d", "conv_transpose3d", "sigmoid"};
    *gain = 1;
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
        if (strcmp(nonlinearity, linear[i]) == 0)
            return true;
    if (strcmp(nonlinearity, "tanh") == 0)
        *gain = 5.0 / 3;
    else if (strcmp(nonlinearity, "relu") == 0)
        *gain = sqrt(2.0);
    else if (strcmp(nonlinearity, "leaky_relu") == 0)
        *gain = sqrt(2.0 / (1 + a * a));
    else if (strcmp(nonlinearity, "selu") == 0)
        *gain = 3.0 / 4;
    else
        return false;
    return true;
}

bool kaiming_deviation(Diag *diag, const char *name, const Args *args, const Parameter *parameter, double *std)
{
    const Arg *mode = &args->at[MODE], *nonlinearity = &args->at[NONLINEARITY];
    double in, out, gain;
    if (!initialiser_fans(diag, name, args, parameter, &in, &out))
        return false;
    bool inward = strcmp(mode->s, "fan_in") == 0;
    if (!inward && strcmp(mode->s, "fan_out") != 0)
        diag_error(diag, mode->span, "%s expects mode to be \"fan_in\" or \"fan_out\" but gets \"%s\"", name, mode->s);
    else if (!gain_of(nonlinearity->s, args->at[A].f, &gain))
        diag_error(diag, nonlinearity->span,
                   "%s knows no gain of \"%s\": nonlinearity is linear, sigmoid, tanh, relu, leaky_relu or selu", name,
                   nonlinearity->s);
    else {
        *std = gain / sqrt(inward ? in : out);
        return true;
    }
    return false;
}
