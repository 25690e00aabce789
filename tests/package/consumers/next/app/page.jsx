'use client';

import { useEffect, useRef } from 'react';
import { run } from './run.js';

export default function Page() {
  const output = useRef(null);
  useEffect(() => {
    run(output.current);
  }, []);
  return <output ref={output} />;
}
