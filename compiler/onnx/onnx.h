/* ONNX: a trained model as a file that other programs run.
 *
 *     netc export FILE.net --onnx M.onnx [--load W] [--external]
 *
 * What an operation is in ONNX its row says (graph/onnx.h). The encoding is protobuf's, by protobuf-c, as that
 * of the event files is. The file holds the model alone: what transforms make of pictures is no part of it. */
#ifndef NETC_ONNX_ONNX_H
#define NETC_ONNX_ONNX_H

#include "graph/onnx.h"
#include "model/model.h"

/* A model as a file has it. */
typedef struct OnnxModel {
    const Network *network;
    const Graph *graph;         /* of evaluation mode */
    const Onnx *onnx;           /* what that is in ONNX's words */
    const float *const *values; /* values[i] is network->parameters.at[i], in torch's order */
} OnnxModel;

/* Says the graph in ONNX's words. NULL after reporting what of it can't be said. */
const Onnx *onnx_say(Arena *arena, Diag *diag, const Graph *graph);

/* Writes the file at `path`. `external`: the parameters go to one beside it, PATH.data, as they do where it would be
 * larger than protobuf's 2 GiB. False after saying on stderr what can't be written. */
bool onnx_export(Arena *arena, const OnnxModel *model, const char *path, bool external);

#endif
