/* Every operation, by name. What one is stands in a file of this folder, as `const OpInfo op_conv2d`. */
#ifndef NETC_GRAPH_OPS_LIST_H
#define NETC_GRAPH_OPS_LIST_H

/*  R(NAME, name)  OP_NAME is its kind, op_name its row */
#define OPS(R) \
    R(INPUT, input) \
    R(TARGET, target) \
    R(PARAMETER, parameter) \
    R(CONV2D, conv2d) \
    R(CONV_TRANSPOSE2D, conv_transpose2d) \
    R(MAX_POOL2D, max_pool2d) \
    R(AVG_POOL2D, avg_pool2d) \
    R(RELU, relu) \
    R(ACTIVATION, activation) \
    R(PRELU, prelu) \
    R(SOFTMAX, softmax) \
    R(LINEAR, linear) \
    R(EMBEDDING, embedding) \
    R(SWAP, swap) \
    R(DROPOUT, dropout) \
    R(DROPOUT_CHANNELS, dropout_channels) \
    R(RESHAPE, reshape) \
    R(PAD2D, pad2d) \
    R(EXTEND2D, extend2d) \
    R(UPSAMPLE2D, upsample2d) \
    R(MOMENTS, moments) \
    R(BATCH_STATISTICS, batch_statistics) \
    R(KEPT_STATISTICS, kept_statistics) \
    R(GROUP_STATISTICS, group_statistics) \
    R(INSTANCE_KEEP, instance_keep) \
    R(NORM, norm) \
    R(SCALE, scale) \
    R(LOSS, loss) \
    R(CONV2D_GRAD_INPUT, conv2d_grad_input) \
    R(CONV2D_GRAD_WEIGHT, conv2d_grad_weight) \
    R(LINEAR_GRAD_INPUT, linear_grad_input) \
    R(LINEAR_GRAD_WEIGHT, linear_grad_weight) \
    R(EMBEDDING_GRAD, embedding_grad) \
    R(GRAD_BIAS, grad_bias) \
    R(MAX_POOL2D_GRAD, max_pool2d_grad) \
    R(AVG_POOL2D_GRAD, avg_pool2d_grad) \
    R(RELU_GRAD, relu_grad) \
    R(ACTIVATION_GRAD, activation_grad) \
    R(PRELU_GRAD, prelu_grad) \
    R(PRELU_GRAD_WEIGHT, prelu_grad_weight) \
    R(SOFTMAX_GRAD, softmax_grad) \
    R(DROPOUT_GRAD, dropout_grad) \
    R(DROPOUT_CHANNELS_GRAD, dropout_channels_grad) \
    R(RESHAPE_GRAD, reshape_grad) \
    R(EXTEND2D_GRAD, extend2d_grad) \
    R(UPSAMPLE2D_GRAD, upsample2d_grad) \
    R(NORM_SUMS, norm_sums) \
    R(BATCH_STATISTICS_GRAD, batch_statistics_grad) \
    R(GROUP_STATISTICS_GRAD, group_statistics_grad) \
    R(NORM_GRAD, norm_grad) \
    R(NORM_GRAD_WEIGHT, norm_grad_weight) \
    R(NORM_GRAD_BIAS, norm_grad_bias) \
    R(SCALE_GRAD, scale_grad) \
    R(SCALE_GRAD_WEIGHT, scale_grad_weight) \
    R(SCALE_GRAD_BIAS, scale_grad_bias) \
    R(LOSS_GRAD, loss_grad) \
    R(ADD, add) \
    R(CONCAT, concat) \
    R(CONCAT_GRAD, concat_grad) \
    R(MULTIPLY, multiply)

#endif
