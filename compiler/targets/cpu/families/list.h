/* Every kernel family, by name. What one is stands in a file of this folder, as `const FamilyInfo family_conv`. */
#ifndef NETC_TARGETS_CPU_FAMILIES_LIST_H
#define NETC_TARGETS_CPU_FAMILIES_LIST_H

/*  F(NAME, name)  FAMILY_NAME is its number, family_name its row. Those that have a kernel: */
#define KERNEL_FAMILIES(F) \
    F(CONV, conv) \
    F(CONV_POOL, conv_pool) \
    F(CONV_GRAD_WEIGHT, conv_grad_weight) \
    F(PANEL_GRAD_WEIGHT, panel_grad_weight) \
    F(PANEL_GRAD_INPUT, panel_grad_input) \
    F(POOL_CONV_GRAD_WEIGHT, pool_conv_grad_weight) \
    F(POOL_CONV_GRAD_INPUT, pool_conv_grad_input) \
    F(DEPTHWISE, depthwise) \
    F(DEPTHWISE_GRAD_WEIGHT, depthwise_grad_weight) \
    F(GRAD_BIAS, grad_bias) \
    F(MAX_POOL, max_pool) \
    F(MAX_POOL_GRAD, max_pool_grad) \
    F(POOL_GRAD, pool_grad) \
    F(AVG_POOL, avg_pool) \
    F(AVG_POOL_GRAD, avg_pool_grad) \
    F(RELU, relu) \
    F(RELU_GRAD, relu_grad) \
    F(ACTIVATE, activate) \
    F(ACTIVATE_GRAD, activate_grad) \
    F(SOFTMAX, softmax) \
    F(SOFTMAX_GRAD, softmax_grad) \
    F(PRELU, prelu) \
    F(PRELU_GRAD, prelu_grad) \
    F(PRELU_GRAD_WEIGHT, prelu_grad_weight) \
    F(ADD, add) \
    F(SCALE_MASK, scale_mask) \
    F(MOMENTS, moments) \
    F(NORM, norm) \
    F(NORM_SUMS, norm_sums) \
    F(NORM_GRAD, norm_grad) \
    F(SCALE, scale) \
    F(SCALE_GRAD, scale_grad) \
    F(SCALE_CHANNELS, scale_channels) \
    F(CONCAT_CHANNELS, concat_channels) \
    F(CONCAT_CHANNELS_GRAD, concat_channels_grad) \
    F(FLATTEN, flatten) \
    F(UNFLATTEN, unflatten) \
    F(PAD2D, pad2d) \
    F(EXTEND2D, extend2d) \
    F(EXTEND2D_GRAD, extend2d_grad) \
    F(EMBEDDING, embedding) \
    F(EMBEDDING_BAG, embedding_bag) \
    F(EMBEDDING_GRAD, embedding_grad) \
    F(SWAP, swap) \
    F(UPSAMPLE2D, upsample2d) \
    F(UPSAMPLE2D_GRAD, upsample2d_grad) \
    F(INPUT_BYTES, input_bytes) \
    F(INPUT_FLOATS, input_floats) \
    F(TRANSPOSE, transpose) \
    F(ZERO_OUTSIDE_GROUPS, zero_outside_groups) \
    F(WINOGRAD3, winograd3) \
    F(WINOGRAD5, winograd5) \
    F(WINOGRAD3_POOL, winograd3_pool) \
    F(WINOGRAD5_POOL, winograd5_pool) \
    F(WINOGRAD_WEIGHTS3, winograd_weights3) \
    F(WINOGRAD_WEIGHTS5, winograd_weights5) \
    F(WINOGRAD3_GRAD_WEIGHT, winograd3_grad_weight) \
    F(WINOGRAD5_GRAD_WEIGHT, winograd5_grad_weight)

/* Those that are calls of the runtime's functions: */
#define CALL_FAMILIES(F) \
    F(BATCH_STATISTICS, batch_statistics) \
    F(BATCH_STATISTICS_GRAD, batch_statistics_grad) \
    F(GROUP_STATISTICS, group_statistics) \
    F(GROUP_STATISTICS_GRAD, group_statistics_grad) \
    F(KEPT_STATISTICS, kept_statistics) \
    F(INSTANCE_KEEP, instance_keep) \
    F(LOSS, loss)

#endif
