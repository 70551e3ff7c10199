"""Making the reader of claims: from annotated documents to the network that `indicia.read.claims` runs (`make models`).

corpus      the annotated documents with their texts        augment   the same with other names and surroundings
examples    chunks of them with what is claimed in each      network   the network, from all-mpnet-base-v2
train       teaches it                                       export    writes it as the ONNX files of the package
measure     how it ranks claims of publishers left out, and how its scores are to be read
"""
