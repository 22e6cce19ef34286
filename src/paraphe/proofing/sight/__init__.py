"""What is seen on photographs: outline, machine readable zone, print, codes. Runs in the child process only.

Needs the ``identity`` extra (OpenCV, ONNX Runtime, RapidOCR, zxing-cpp).
"""
