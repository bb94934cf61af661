import { useEffect, useRef } from 'preact/hooks';

/** The webcam's picture, until one of them is taken. The camera is off again when this goes. */
export function Webcam({
  onPicture,
  onProblem,
}: {
  onPicture: (blob: Blob) => void;
  onProblem: (sentence: string) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices.getUserMedia({ video: true }).then(
      (opened) => {
        stream = opened;
        if (gone) stop();
        else if (video.current !== null) video.current.srcObject = opened;
      },
      () => onProblem('The webcam cannot be used. Allow it in the browser, or choose a picture.'),
    );
    return () => {
      gone = true;
      stop();
    };
  }, []);

  function take(): void {
    const source = video.current;
    if (source === null || source.videoWidth === 0) return;
    // Networks see squares: the middle of the picture.
    const side = Math.min(source.videoWidth, source.videoHeight);
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const [left, top] = [(source.videoWidth - side) / 2, (source.videoHeight - side) / 2];
    canvas.getContext('2d')?.drawImage(source, left, top, side, side, 0, 0, side, side);
    canvas.toBlob((blob) => {
      if (blob !== null) onPicture(blob);
    }, 'image/jpeg');
  }

  return (
    <div class="webcam">
      <video ref={video} autoplay muted playsInline aria-label="The webcam" />
      <button class="button primary" type="button" onClick={take}>
        Show it this
      </button>
    </div>
  );
}
